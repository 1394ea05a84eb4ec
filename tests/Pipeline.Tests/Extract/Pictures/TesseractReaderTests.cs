using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Tests.Extract.Pictures;

/// <summary>With a program that stands for Tesseract, which need not be installed.</summary>
public sealed class TesseractReaderTests : IDisposable
{
    private const string Head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n";

    private readonly MediaRig _rig = new(extract: options => options.Ocr = OcrEngine.Tesseract);

    private static Picture Picture => Pixmap(100, 50);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Words_have_their_places_and_what_is_dirt_is_left_out()
    {
        var words = TesseractReader.Parse(
            Head
                + "4\t1\t1\t1\t1\t0\t0\t0\t90\t20\t-1\t\n"
                + "5\t1\t1\t1\t1\t1\t10\t5\t20\t10\t96.5\tInvoice\n"
                + "5\t1\t1\t1\t1\t2\t40\t5\t80\t10\t91\tNo.\n"
                + "5\t1\t1\t1\t2\t1\t10\t25\t20\t10\t12\t~;\n"
                + "5\t1\t1\t1\t2\t2\t10\t25\t20\t10\tnan\tx\n"
                + "5\t1\t1\t1\t2\t3\t500\t25\t20\t10\t99\tbeyond\n"
                + "5\t1\t1\t1\t3\t1\t10\t35\t20\t10\t99\t請求書\n"
                + "5\tbroken\n",
            Picture,
            isCut: false)!;

        Assert.Equal(["Invoice", "No.", "請求書"], words.Words.Select(word => word.Text));
        Assert.Equal(new(0.1, 0.1, 0.2, 0.2), words.Words[0].Box);
        Assert.Equal(1, words.Words[1].Box.Left + words.Words[1].Box.Width, 9);
        Assert.Equal([true, false], words.Words.Skip(1).Select(word => word.Line == words.Words[0].Line));
        Assert.Equal((CitationMethod.Ocr, true), (words.Method, words.IsWhole));
    }

    [Fact]
    public async Task A_scan_has_the_words_that_the_tool_reads()
    {
        var words = await WithToolAsync(
            $"#!/bin/sh\nhead -c 9 >&2\nprintf '%s' \"$*\" >&2\nprintf '{Head.Replace("\n", "\\n", StringComparison.Ordinal)}'\n"
                + "printf '5\\t1\\t1\\t1\\t1\\t1\\t10\\t5\\t20\\t10\\t96\\tTotal\\n'\ncat >/dev/null\n");

        Assert.Equal("Total", Assert.Single(words.Words!.Words).Text);
        Assert.Null(words.Note);
    }

    [Fact]
    public async Task A_tool_that_fails_leaves_the_page_readable_and_says_so()
    {
        var (words, note) = await WithToolAsync("#!/bin/sh\ncat >/dev/null\necho \"Failed loading language 'xyz'\" >&2\nexit 1\n");

        Assert.Null(words);
        Assert.Contains("Failed loading language 'xyz'", note, StringComparison.Ordinal);
        Assert.Contains("Extract:OcrLanguages", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_is_not_installed_is_named_with_what_to_do()
    {
        var (words, note) = await Reader(_rig.Folder["empty"]).ReadAsync(Picture, TestContext.Current.CancellationToken);

        Assert.Null(words);
        Assert.Contains("apt-get install tesseract-ocr", note, StringComparison.Ordinal);
    }

    private Task<(PageWords? Words, string? Note)> WithToolAsync(string script)
    {
        var folder = Directory.CreateDirectory(_rig.Folder["tools"]).FullName;
        var tool = Path.Combine(folder, "tesseract");
        File.WriteAllText(tool, script);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return Reader(folder).ReadAsync(Picture, TestContext.Current.CancellationToken);
    }

    private TesseractReader Reader(string folder)
    {
        var tools = Options.Create(new ToolOptions { ToolFolder = folder });
        var runner = new ToolRunner(
            tools,
            _rig.Get<ToolPlaces>(),
            _rig.Get<ToolSuspects>(),
            _rig.Get<ToolBudget>(),
            TimeProvider.System,
            NullLogger<ToolRunner>.Instance);
        return new(runner, _rig.Get<IOptions<ExtractOptions>>(), tools);
    }

    private static Picture Pixmap(int width, int height) => new(
        Encoding.ASCII.GetBytes($"P6\n{width} {height}\n255\n").Concat(new byte[width * height * 3]).ToArray(), width, height, "aa");
}
