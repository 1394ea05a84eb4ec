using System.IO.Compression;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

/// <summary>What a reader of an OpenDocument sees and its text does not have: numbers, indices, what is hidden.</summary>
public sealed class OpenDocumentTests : IDisposable
{
    private const string Type = "application/vnd.oasis.opendocument.text";
    private const string Spaces =
        "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" "
        + "xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" "
        + "xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" "
        + "xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" "
        + "xmlns:chart=\"urn:oasis:names:tc:opendocument:xmlns:chart:1.0\"";

    private const string Styles =
        "<office:automatic-styles><text:list-style style:name=\"L\"><text:list-level-style-number text:level=\"1\" style:num-format=\"1\" "
        + "style:num-suffix=\".\" text:start-value=\"4\"/><text:list-level-style-number text:level=\"2\" style:num-format=\"a\" "
        + "style:num-suffix=\")\" text:display-levels=\"2\"/><text:list-level-style-bullet text:level=\"3\"/></text:list-style>"
        + "<style:style style:name=\"Up\"><style:text-properties style:text-position=\"super 58%\"/></style:style>"
        + "<style:style style:name=\"Down\"><style:text-properties style:text-position=\"-33% 58%\"/></style:style>"
        + "</office:automatic-styles>";

    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Lists_are_numbered_as_they_are_shown()
    {
        var part = await TextAsync(
            List("L", Item("one", List(null, Item("deep", List(null, Item("dot"))), Item("more"))), Item("two"))
                + List("L", Item("anew")) + $"<text:list text:style-name=\"L\" text:continue-numbering=\"true\">{Item("on")}</text:list>"
                + "<text:list text:style-name=\"L\"><text:list-item text:start-value=\"9\"><text:p>nine</text:p></text:list-item>"
                + "</text:list>"
                + List("other", Item("plain")));

        Assert.Equal(
            "4. one\n\n   4.a) deep\n\n        - dot\n\n   4.b) more\n\n5. two\n\n4. anew\n\n5. on\n\n9. nine\n\n- plain",
            part.Text);
    }

    [Fact]
    public async Task Headings_are_numbered_where_the_outline_says_so()
    {
        const string outline = "<office:styles><text:outline-style><text:outline-level-style text:level=\"1\" style:num-format=\"I\" "
            + "style:num-suffix=\".\"/><text:outline-level-style text:level=\"2\" style:num-format=\"1\" text:display-levels=\"2\"/>"
            + "</text:outline-style></office:styles>";
        static string Heading(int level, string words) => $"<text:h text:outline-level=\"{level}\">{words}</text:h>";
        var part = await PackageAsync(
            ("content.xml", Content(Heading(1, "A") + Heading(2, "B") + Heading(2, "C") + Heading(1, "D") + Heading(2, "E"))),
            ("styles.xml", $"<office:document-styles {Spaces}>{outline}</office:document-styles>"));

        Assert.Equal("# I. A\n\n## I.1 B\n\n## I.2 C\n\n# II. D\n\n## II.1 E", part.Text);
    }

    [Fact]
    public async Task Raised_and_lowered_text_is_told_from_the_text_around_it_and_hidden_sections_are_left_out()
    {
        var part = await TextAsync(
            "<text:p>10<text:span text:style-name=\"Up\">6</text:span> H<text:span text:style-name=\"Down\">2</text:span>O</text:p>"
                + "<text:section text:display=\"none\"><text:p>secret</text:p></text:section>");

        Assert.Equal("10^6 H_2O", part.Text);
        Assert.Contains("hidden text", part.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chart_has_its_title_and_an_equation_its_indices()
    {
        const string frame = "<draw:frame><draw:object xlink:href=\"./Object {0}\"/></draw:frame>";
        var part = await PackageAsync(
            ("content.xml", Content($"<text:p>Sales{Object(1)}</text:p><text:p>{Object(2)}</text:p>")),
            ("Object 1/content.xml", $"<office:document-content {Spaces}><office:body><office:chart><chart:chart><chart:title>"
                + "<text:p>By year</text:p></chart:title><table:table><table:table-row><table:table-cell><text:p>2025</text:p>"
                + "</table:table-cell><table:table-cell><text:p>7</text:p></table:table-cell></table:table-row></table:table>"
                + "</chart:chart></office:chart></office:body></office:document-content>"),
            ("Object 2/content.xml", "<math><msup><mi>x</mi><mn>2</mn></msup><mo>=</mo><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow>"
                + "<mn>3</mn></mfrac></math>"));

        Assert.Equal("Sales\nChart: By year\n2025 | 7\n\nx^2=(a+b)/3", part.Text);

        static string Object(int number) => frame.Replace("{0}", $"{number}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_of_one_XML_file_is_read_as_a_package_is()
    {
        var flat = $"<?xml version=\"1.0\"?><office:document {Spaces} office:mimetype=\"{Type}\">{Styles}<office:body><office:text>"
            + List("L", Item("one")) + "</office:text></office:body></office:document>";

        var path = _rig.Folder.Write("a.fodt", flat);

        Assert.Equal((MediaKind.Office, Type), ((await _rig.DescribeAsync(path)).Kind, (await _rig.DescribeAsync(path)).MediaType));
        Assert.Equal("4. one", Assert.Single(await _rig.ExtractAsync(path)).Text);
    }

    private static string List(string? style, params string[] items) =>
        $"<text:list{(style is null ? "" : $" text:style-name=\"{style}\"")}>{string.Concat(items)}</text:list>";

    private static string Item(string words, string inner = "") => $"<text:list-item><text:p>{words}</text:p>{inner}</text:list-item>";

    private static string Content(string body) =>
        $"<office:document-content {Spaces}>{Styles}<office:body><office:text>{body}</office:text></office:body></office:document-content>";

    private Task<ExtractedSegment> TextAsync(string body) => PackageAsync(("content.xml", Content(body)));

    private async Task<ExtractedSegment> PackageAsync(params (string Name, string Content)[] parts)
    {
        using (var archive = ZipFile.Open(_rig.Folder["a.odt"], ZipArchiveMode.Create))
        {
            foreach (var (name, content) in parts.Prepend(("mimetype", Type)))
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return Assert.Single(await _rig.ExtractAsync(_rig.Folder["a.odt"]));
    }
}
