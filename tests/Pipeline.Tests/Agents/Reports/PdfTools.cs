using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Qwen35Batch.Pipeline.Agents.Reports;
using Qwen35Batch.Pipeline.Agents.Reports.Pdf;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Agents.Reports;

/// <summary>A written report, looked at with poppler: a PDF that another program reads.</summary>
internal sealed class PdfTools : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PdfTools(Report report)
    {
        using var written = new MemoryStream();
        ReportPdf.Write(report, written);
        Bytes = written.ToArray();
        Path = _folder.Write("report.pdf", Bytes);
    }

    public byte[] Bytes { get; }

    public string Path { get; }

    /// <summary>The text without blanks and line ends, which the layout decides.</summary>
    public async Task<string> TextAsync() =>
        string.Concat((await RunAsync("pdftotext", "-enc", "UTF-8", Path, "-")).Where(character => !char.IsWhiteSpace(character)));

    public async Task<IReadOnlyList<string>> LinesAsync() =>
        (await RunAsync("pdftotext", "-enc", "UTF-8", Path, "-")).Split(['\n', '\f'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What the tool says; any complaint is a failure.</summary>
    public static async Task<string> RunAsync(string tool, params string[] arguments)
    {
        var result = await Cli.Wrap(tool)
            .WithArguments(arguments)
            .ExecuteBufferedAsync(Encoding.UTF8, TestContext.Current.CancellationToken);
        Assert.Equal("", result.StandardError);
        return result.StandardOutput;
    }

    public async Task<string> PictureAsync(int page)
    {
        var prefix = _folder["page"];
        await RunAsync("pdftoppm", "-png", "-r", "72", "-f", $"{page}", "-l", $"{page}", "-singlefile", Path, prefix);
        return prefix + ".png";
    }

    public void Dispose() => _folder.Dispose();
}
