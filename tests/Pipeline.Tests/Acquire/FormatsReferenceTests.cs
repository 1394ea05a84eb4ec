using System.Runtime.CompilerServices;
using System.Text;
using Qwen35Batch.Pipeline.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Acquire;

/// <summary>
/// The README's table of formats is written from the code's own lists. To write it anew, run this test with
/// <c>QWEN35BATCH_WRITE_DOCS=1</c>.
/// </summary>
public sealed class FormatsReferenceTests
{
    private const string Begin = "<!-- formats: written by FormatsReferenceTests -->\n";
    private const string End = "<!-- /formats -->";

    [Fact]
    public async Task The_readme_tells_what_is_read_named_and_refused()
    {
        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../../README.md"));
        var readme = (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        var begin = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = readme.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin, "The README has lost the marks around its table of formats.");

        var table = Table();
        if (Environment.GetEnvironmentVariable("QWEN35BATCH_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(path, readme[..begin] + table + readme[end..], TestContext.Current.CancellationToken);
            return;
        }

        Assert.True(
            table == readme[begin..end],
            "The formats have changed: run this test with QWEN35BATCH_WRITE_DOCS=1, which writes the README's table anew.");
    }

    private static string Table()
    {
        var table = new StringBuilder("\n| format | what is read | what is named in the note |\n|---|---|---|\n");
        Row(
            MediaFormats.Pictures,
            "the picture as displayed; every page of a TIFF or fax; of an animation the first frame that shows anything",
            "further pictures of the file, a fitted range of samples, damage");
        Row(
            MediaFormats.Recordings,
            $"frames ({MediaCodecs.Names(TrackKind.Picture)}), sound ({MediaCodecs.Names(TrackKind.Sound)}), "
                + $"subtitles as the transcript ({MediaCodecs.Names(TrackKind.Text)}), chapters as hints",
            "tracks that are not read, joined recordings, changes of size, damage, a missing transcript");
        var groups = DocumentFormats.Readable.GroupBy(
            format => DocumentFormats.Contents.ContainsKey(format.MediaType) ? format.MediaType : DocumentFormats.PlainText);
        foreach (var formats in groups)
        {
            var (reads, names) = DocumentFormats.Contents[formats.Key];
            Row(string.Join(", ", formats.Select(format => format.Name)), reads, names);
        }

        IEnumerable<string> refused =
        [
            .. ForeignMedia.Pictures, .. ForeignMedia.Recordings, "videos in any other coding",
            .. DocumentFormats.RefusedPackages.Concat(DocumentFormats.RefusedCompounds).Select(format => format.Name),
        ];
        return table.Append(
            $"\nRecognised, named and refused with what to do instead: {string.Join(", ", refused)}; encrypted documents.\n\n").ToString();

        void Row(string format, string reads, string names) => table.Append($"| {format} | {reads} | {names} |\n");
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
