using System.Reflection;
using Qwen35Batch.Pipeline.Acquire.Formats;

namespace Qwen35Batch.Pipeline.Tests.Acquire;

/// <summary>The README's table of what is read is written from the code's own lists. To write it anew, run this test with
/// <c>QWEN35BATCH_WRITE_DOCS=1</c>.</summary>
public sealed class FormatsReferenceTests
{
    private const string Begin = "<!-- formats: written by FormatsReferenceTests -->\n";
    private const string End = "<!-- /formats -->";

    private static string Readme { get; } = Path.Combine(
        typeof(FormatsReferenceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(
            data => data.Key == "RepositoryFolder").Value!, "README.md");

    private static string Table { get; } = $"""

        | | read | named and refused |
        |---|---|---|
        | pictures | {MediaFormats.Pictures} | {string.Join(", ", ForeignMedia.Pictures)} |
        | video and sound | {MediaFormats.Recordings} | {string.Join(", ", ForeignMedia.Recordings)} |
        | … pictures coded as | {MediaCodecs.Names(TrackKind.Picture)} | any other coding, by its name |
        | … sound coded as | {MediaCodecs.Names(TrackKind.Sound)} | any other coding, by its name |
        | … subtitles coded as | {MediaCodecs.Names(TrackKind.Text)} | those drawn as pictures, in the note |
        | documents | {string.Join(", ", DocumentFormats.Readable.Select(format => format.Name))} | {Refused} |

        {Documents}

        """;

    private static string Documents => "| documents | what is read of them | what is named in the note |\n|---|---|---|\n" + string.Join(
        '\n',
        DocumentFormats.Readable
            .GroupBy(format => DocumentFormats.Contents.ContainsKey(format.MediaType) ? format.MediaType : DocumentFormats.PlainText)
            .Select(formats => (Names: formats.Select(format => format.Name), Content: DocumentFormats.Contents[formats.Key]))
            .Select(row => $"| {string.Join(", ", row.Names)} | {row.Content.Reads} | {row.Content.Names} |"));

    private static string Refused => string.Join(
        ", ", DocumentFormats.RefusedPackages.Concat(DocumentFormats.RefusedCompounds).Select(
            format => format.Name[(format.Name.IndexOf(' ', StringComparison.Ordinal) + 1)..]));

    [Fact]
    public async Task The_readme_tells_every_format_that_is_read_or_named()
    {
        var readme = (await File.ReadAllTextAsync(Readme, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        var begin = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = readme.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin, "The README has lost the marks around its table of formats.");

        if (Environment.GetEnvironmentVariable("QWEN35BATCH_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(Readme, readme[..begin] + Table + "\n" + readme[end..], TestContext.Current.CancellationToken);
            return;
        }

        Assert.True(
            Table + "\n" == readme[begin..end],
            "The formats have changed: run this test with QWEN35BATCH_WRITE_DOCS=1, which writes the README's table anew.");
    }
}
