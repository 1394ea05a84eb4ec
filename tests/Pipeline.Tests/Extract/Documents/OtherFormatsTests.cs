using System.IO.Compression;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

public sealed class OtherFormatsTests : IDisposable
{
    private const string Spaces =
        "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" "
        + "xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" "
        + "xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" "
        + "xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\"";

    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_web_page_is_read_as_it_is_shown()
    {
        var part = await ReadAsync("page.html", """
            <!doctype html><html><head><title>Orders</title><style>p { color: red }</style><script>alert(1)</script></head><body>
            <p>Total: 5&nbsp;&euro; <sup>2</sup></p><ul><li>one</li><li>two</li></ul><ol start="3"><li>three</li></ol>
            <table><tr><th>Part</th><th>Pieces</th></tr><tr><td>Bolt</td><td>7</td></tr></table>
            <p style="display: none">secret</p><input type="checkbox" checked> paid<img
            src="http://127.0.0.1/x.png" alt="a map"></body></html>
            """);

        Assert.Equal(
            "# Orders\n\nTotal: 5 € ^2\n\n- one\n\n- two\n\n3. three\n\n| Part | Pieces |\n| --- | --- |\n| Bolt | 7 |\n\n☒ paid [a map]",
            part.Text);
        Assert.Contains("hidden text", part.Note, StringComparison.Ordinal);
        Assert.Contains("1 linked pictures of the page", part.Note, StringComparison.Ordinal);
        Assert.False(part.HasGaps);
    }

    [Theory]
    [InlineData("<img src='data:image/png;base64,AAAA'>", "1 pictures of the page")]
    [InlineData("<svg><text>5 EUR</text><path/></svg>", "1 drawings (SVG)")]
    [InlineData("<svg><g><text>5 EUR</text></g></svg>", null)]
    [InlineData("<math></math>", "1 equations")]
    [InlineData("<math><mi>x</mi></math>", null)]
    [InlineData("<svg aria-hidden='true'><path/></svg>", null)]
    public async Task What_a_web_page_holds_and_is_not_read_is_a_gap(string element, string? missed)
    {
        var part = await ReadAsync("page.html", $"<!doctype html><html><body><p>Words</p>{element}</body></html>");

        Assert.Equal(missed is not null, part.HasGaps);
        Assert.Contains(missed ?? "", part.Note ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<ol type=a><li>x<li>y</ol>", "a. x\n\nb. y")]
    [InlineData("<ol type=I start=4><li>x<li value=9>y</ol>", "IV. x\n\nIX. y")]
    [InlineData("<ol reversed><li>x<li>y</ol>", "2. x\n\n1. y")]
    [InlineData(
        "<p>It is <math><msub><mi>a</mi><mn>10</mn></msub><mo>=</mo><msqrt><mi>b</mi></msqrt></math>.</p>", "It is a_10=√(b) .")]
    [InlineData("<math><semantics><mi>x</mi><annotation encoding=\"application/x-tex\">x_1</annotation></semantics></math>", "x_1")]
    public async Task Numbers_of_lists_and_equations_are_read_as_they_are_shown(string element, string shown) =>
        Assert.Equal(shown, (await ReadAsync("page.html", $"<!doctype html><html><body>{element}</body></html>")).Text);

    [Fact]
    public async Task A_page_is_in_the_charset_that_it_declares_and_a_cell_that_reaches_down_keeps_its_column()
    {
        var page = "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=Shift_JIS\"></head><body><p>①</p><table>"
            + "<tr><th rowspan=\"3\">A</th><td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr><tr><td>4</td><td>5</td></tr></table>";
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding("shift_jis")!.GetBytes(page);

        var part = Assert.Single(await _rig.ExtractAsync(_rig.Folder.Write("page.html", bytes)));

        Assert.Equal("①\n\n| A | 1 |\n| --- | --- |\n|  | 2 |\n|  | 3 |\n| 4 | 5 |", part.Text);
        Assert.Null(part.Note);
    }

    [Fact]
    public async Task Utf_8_is_utf_8_whatever_a_page_declares() =>
        Assert.Equal("Grüße", (await ReadAsync("page.html", "<html><meta charset=\"windows-1252\"><p>Grüße</p>")).Text);

    [Fact]
    public async Task The_separator_that_a_table_names_is_not_its_head()
    {
        var rows = string.Join('\n', Enumerable.Range(0, 9_000).Select(row => $"row {row};1"));

        var parts = await _rig.ExtractAsync(_rig.Folder.Write("a.csv", $"sep=;\nName;Amount\n{rows}"));

        Assert.True(parts.Count > 1);
        Assert.Equal("Name;Amount", parts[1].Context);
    }

    [Fact]
    public async Task A_mail_is_its_header_its_body_and_the_list_of_what_is_attached()
    {
        var part = await ReadAsync("order.eml", string.Join("\r\n",
            "From: =?utf-8?B?5bGx55Sw?= "
                + "<yamada@example.org>", "To: ada@example.org", "Date: Fri, 3 Jan 2025 10:00:00 "
                    + "+0900", "Subject: =?iso-8859-1?Q?Gr=FC=DFe?=",
            "MIME-Version: 1.0", "Content-Type: multipart/mixed; "
                + "boundary=b", "", "--b", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
            Convert.ToBase64String(
                Encoding.UTF8.GetBytes(
                    "合計 500 円")), "--b", "Content-Type: application/pdf; "
                        + "name=bill.pdf", "Content-Disposition: attachment; filename=bill.pdf", "", "x", "--b--"));

        Assert.Equal(
            "# Grüße\n\nFrom: \"山田\" <yamada@example.org>\n\nTo: ada@example.org\n\nDate: 2025-01-03 10:00 +09:00\n\n合計 500 円\n\n## "
                + "Attachments\n\n- bill.pdf (application/pdf, 1 bytes)",
            part.Text);
        Assert.Contains("1 attachments (bill.pdf)", part.Note, StringComparison.Ordinal);
        Assert.True(part.HasGaps);
    }

    [Fact]
    public async Task An_open_document_text_is_read_with_lists_tables_pictures_and_notes()
    {
        var part = await PackageAsync("a.odt", "application/vnd.oasis.opendocument.text",
            ("Pictures/1.png", OfficeFiles.Png()),
            ("content.xml", Xml("office:text",
                "<text:h text:outline-level=\"2\">Results</text:h><text:p>a<text:s "
                    + "text:c=\"2\"/>b<text:note><text:note-body><text:p>aside</text:p></text:note-body></text:note></text:p>"
                + "<text:list><text:list-item><text:p>one</text:p></text:list-item></text:list>"
                + "<table:table><table:table-row><table:table-cell><text:p>X</text:p></table:table-cell>"
                + "<table:table-cell><text:p>Y</text:p></table:table-cell></table:table-row></table:table>"
                + "<text:p><draw:frame><draw:image xlink:href=\"Pictures/1.png\"/></draw:frame></text:p>")));

        Assert.Equal("## Results\n\na  b\n\n- one\n\n| X | Y |\n| --- | --- |\n\n[picture 1]\n\n## Notes\n\naside", part.Text);
        Assert.Single(part.Pictures);
    }

    [Fact]
    public async Task Sheets_of_an_open_document_are_read_as_they_are_displayed_and_repeated_cells_are_bounded()
    {
        var part = await PackageAsync("a.ods", "application/vnd.oasis.opendocument.spreadsheet",
            ("content.xml", Xml("office:spreadsheet",
                "<table:table table:name=\"Stock\"><table:table-column table:number-columns-repeated=\"2\"/><table:table-column "
                + "table:visibility=\"collapse\" table:number-columns-repeated=\"3\"/><table:table-row>"
                + "<table:table-cell office:value=\"0.5\"><text:p>50 "
                    + "%</text:p></table:table-cell>"
                + "<table:table-cell table:number-columns-repeated=\"16000\"/></table:table-row>"
                + "<table:table-row table:visibility=\"collapse\">"
                + "<table:table-cell><text:p>old</text:p></table:table-cell></table:table-row>"
                + "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell/></table:table-row></table:table>")));

        Assert.Equal("## Sheet: Stock\n\n(hidden columns: C–E)\n\n| 50 % |\n| --- |\n| (hidden row) old |", part.Text);
    }

    [Fact]
    public async Task Slides_of_an_open_document_are_read_in_order()
    {
        var part = await PackageAsync("a.odp", "application/vnd.oasis.opendocument.presentation",
            (
                "content.xml",
                Xml(
                    "office:presentation",
                    "<draw:page><draw:frame><draw:text-box><text:p>Welcome</text:p></draw:text-box></draw:frame></draw:page>")));

        Assert.Equal("## Slide 1\n\nWelcome", part.Text);
    }

    [Fact]
    public async Task A_book_is_read_in_the_order_of_its_spine()
    {
        var part = await PackageAsync("a.epub", "application/epub+zip",
            ("META-INF/container.xml", Bytes("<container><rootfiles><rootfile full-path=\"O/book.opf\"/></rootfiles></container>")),
            (
                "O/book.opf",
                Bytes(
                    "<package><metadata><title>Ship</title><creator>Ada</creator></metadata><manifest><item id=\"b\" href=\"b.xhtml\" "
                        + "media-type=\"application/xhtml+xml\"/>"
                        + "<item id=\"a\" href=\"a%20a.xhtml\" media-type=\"application/xhtml+xml\"/><item id=\"p\" href=\"p.png\" "
                        + "media-type=\"image/png\"/></manifest><spine><itemref idref=\"a\"/><itemref idref=\"b\"/></spine></package>")),
            ("O/b.xhtml", Bytes("<html><body><h1>Two</h1></body></html>")),
            ("O/a a.xhtml", Bytes("<html><body><h1>One</h1><svg><image xlink:href=\"p.png\"/></svg><img src=\"p.png\"/></body></html>")),
            ("O/p.png", OfficeFiles.Png()));

        Assert.Equal("# Ship\n\nBy Ada\n\n# One\n\n[picture 1][picture 2]\n\n# Two", part.Text);
        Assert.Equal(2, part.Pictures.Count);
        Assert.Null(part.Note);
    }

    [Fact]
    public async Task A_page_of_a_book_that_is_a_drawing_is_read_for_its_pictures_and_words()
    {
        var part = await PackageAsync("a.epub", "application/epub+zip",
            ("META-INF/container.xml", Bytes("<container><rootfiles><rootfile full-path=\"book.opf\"/></rootfiles></container>")),
            (
                "book.opf",
                Bytes(
                    "<package><metadata/><manifest><item id=\"a\" href=\"a.svg\" media-type=\"image/svg+xml\"/><item id=\"p\" "
                        + "href=\"p.png\" media-type=\"image/png\"/></manifest><spine><itemref idref=\"a\"/></spine></package>")),
            (
                "a.svg",
                Bytes(
                    "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><image "
                        + "xlink:href=\"p.png\"/><text>One</text></svg>")),
            ("p.png", OfficeFiles.Png()));

        Assert.Equal("[picture 1] One", part.Text);
        Assert.Single(part.Pictures);
        Assert.False(part.HasGaps);
    }

    [Fact]
    public async Task An_equation_that_stands_in_a_document_twice_is_read_for_each_of_its_places()
    {
        const string frame = "<text:p><draw:frame><draw:object xlink:href=\"./Object 1\"/></draw:frame></text:p>";

        var part = await PackageAsync("a.odt", "application/vnd.oasis.opendocument.text",
            ("content.xml", Xml("office:text", frame + frame)),
            ("Object 1/content.xml", Bytes("<math><mi>x</mi></math>")));

        Assert.Equal("x\n\nx", part.Text);
    }

    [Theory]
    [InlineData("application/vnd.oasis.opendocument.graphics", "OpenDocument drawing (ODG)")]
    [InlineData("application/vnd.oasis.opendocument.formula", "OpenDocument formula")]
    public async Task Documents_that_are_not_read_are_named(string mediaType, string name)
    {
        var path = Package("a.bin", mediaType, []);

        var exception = await _rig.RejectsAsync(path);

        Assert.Equal(RejectionReason.UnsupportedMedia, exception.Reason);
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
    }

    private static byte[] Xml(string body, string content) =>
        Bytes($"<office:document-content {Spaces}><office:body><{body}>{content}</{body}></office:body></office:document-content>");

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task<ExtractedSegment> ReadAsync(string name, string content) =>
        Assert.Single(await _rig.ExtractAsync(_rig.Folder.Write(name, content)));

    private async Task<ExtractedSegment> PackageAsync(string name, string mediaType, params (string Name, byte[] Content)[] parts) =>
        Assert.Single(await _rig.ExtractAsync(Package(name, mediaType, parts)));

    private string Package(string name, string mediaType, (string Name, byte[] Content)[] parts)
    {
        using (var archive = ZipFile.Open(_rig.Folder[name], ZipArchiveMode.Create))
        {
            foreach (var (entry, content) in parts.Prepend(("mimetype", Bytes(mediaType))))
            {
                using var stream = archive.CreateEntry(entry).Open();
                stream.Write(content);
            }
        }

        return _rig.Folder[name];
    }
}
