using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;
using static Qwen35Batch.Pipeline.Tests.Extract.Documents.OfficeXml;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

public sealed class SheetTextTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("1234.5", "#,##0.00\\ \\k\\m", "1,234.50 km")]
    [InlineData("0.125", "10", "12.50%")]
    [InlineData("42", "0000", "0042")]
    [InlineData("-3", "0;[Red]\\(0\\)", "(3)")]
    [InlineData("1.25", "[h]:mm", "30:00")]
    [InlineData("7", "General\\ \\d\\a\\y\\s", "7 days")]
    [InlineData("45366", "14", "2024-03-15")]
    [InlineData("45366", "31", "2024年3月15日")]
    [InlineData("45366", "57", "2024年3月15日")]
    [InlineData("0.5", "32", "12時00分00秒")]
    [InlineData("45366", "yyyy\"年\"m\"月\"", "2024年3月")]
    [InlineData("0.30000000000000004", "0", "0.3")]
    [InlineData("12345678901", "0", "12345678901")]
    [InlineData("5", ";;;", "(hidden) 5")]
    [InlineData("99999999", "14", "99999999")]
    public async Task A_cell_is_read_as_it_is_displayed(string value, string format, string shown)
    {
        var style = format == "0" && value.Length > 4 ? 0 : 1;
        var part = await ReadAsync(Row(1, Cell("A1", value, style)), [format]);

        Assert.Equal($"## Sheet: Data\n\n| {shown} |\n| --- |", part.Text);
    }

    [Fact]
    public async Task Days_are_counted_from_1904_where_the_workbook_does()
    {
        var path = Workbook(_rig.Folder["a.xlsx"], Data(Row(1, Cell("A1", "43904", 1))), ["14"], is1904: true);

        Assert.Contains("2024-03-15", Assert.Single(await _rig.ExtractAsync(path)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_formula_without_a_value_is_shown_as_a_formula_with_a_word()
    {
        var part = await ReadAsync(Row(1, Cell("A1", "1") + "<c r=\"B1\"><f>A1*2</f></c><c r=\"C1\" t=\"str\"><f>\"\"</f><v></v></c>"), []);

        Assert.Contains("| 1 | =A1*2 |", part.Text, StringComparison.Ordinal);
        Assert.Contains("1 cells hold a formula", part.Note, StringComparison.Ordinal);
        Assert.False(part.HasGaps);
    }

    [Fact]
    public async Task A_formula_that_cells_share_is_shown_in_each_with_its_own_references()
    {
        var part = await ReadAsync(
            Row(1, "<c r=\"B1\"><f t=\"shared\" si=\"0\">A1*2+$A$1+A$1+$A1&amp;\"A1\"+'A1 x'!C9+LOG10(A1)</f></c>")
                + Row(3, "<c r=\"C3\"><f t=\"shared\" si=\"0\"/></c><c r=\"D3\"><f t=\"shared\" si=\"9\"/></c>"),
            []);

        Assert.Contains(
            "=B3*2+$A$1+B$1+$A3&\"A1\"+'A1 x'!D11+LOG10(B3) | (formula without a value) |", part.Text, StringComparison.Ordinal);
        Assert.Contains("2 cells hold a formula without a stored value:", part.Note, StringComparison.Ordinal);
        Assert.Contains("1 cells hold a formula without a stored value or a text", part.Note, StringComparison.Ordinal);
        Assert.True(part.HasGaps);
    }

    [Fact]
    public async Task What_is_printed_above_and_below_the_pages_of_a_sheet_is_read_without_its_codes()
    {
        const string margins = "<headerFooter><oddHeader>&amp;L&amp;\"Arial,Bold\"&amp;12Secret"
            + "&amp;CPage &amp;P of &amp;N&amp;R&amp;A</oddHeader>"
            + "<oddFooter>&amp;C&amp;K01+0002025 &amp;&amp; more</oddFooter><evenFooter>&amp;P/&amp;N</evenFooter></headerFooter>";

        var part = Assert.Single(await _rig.ExtractAsync(
            Workbook(_rig.Folder["a.xlsx"], Data(Row(1, Cell("A1", "1"))) + margins, [])));

        Assert.EndsWith(
            "| 1 |\n| --- |\n\nHeader (printed): Secret | Page [page] of [pages] | Data\n\nFooter (printed): 2025 & more",
            part.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_printed_is_read_behind_rows_that_are_not()
    {
        using var rig = new MediaRig(extract: options => options.MaxSheetRows = 1);
        const string margins = "<headerFooter><oddHeader>Secret</oddHeader></headerFooter>";

        var part = Assert.Single(await rig.ExtractAsync(Workbook(
            rig.Folder["a.xlsx"], Data(Row(1, Cell("A1", "1")) + Row(2, Cell("A2", "2")) + Row(3, Cell("A3", "3"))) + margins, [])));

        Assert.Equal("## Sheet: Data\n\n| 1 |\n| --- |\n\nHeader (printed): Secret", part.Text);
    }

    [Fact]
    public async Task Struck_cells_and_words_are_marked_and_pictures_in_cells_are_counted()
    {
        var struck = "<c r=\"A1\" t=\"inlineStr\"><is><r><rPr><strike/></rPr><t>old </t></r><r><t>new</t></r></is></c>";

        var part = await ReadAsync(
            Row(1, struck + "<c r=\"B1\" t=\"e\" vm=\"1\"><v>#VALUE!</v></c>" + Cell("C1", "5", 2)), ["0", "General~"]);

        Assert.Contains("| ~~old~~ new |  | ~~5~~ |", part.Text, StringComparison.Ordinal);
        Assert.Contains("Not read: 1 pictures or records in cells", part.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversation_on_a_cell_is_read_with_its_replies_and_people_in_place_of_what_stands_for_it()
    {
        Part[] parts =
        [
            new("worksheet", "xl/worksheets/sheet1.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
                $"<worksheet>{Data(Row(1, Cell("A1", "1")))}</worksheet>"),
            new("person", "xl/persons/person.xml", "application/vnd.ms-excel.person+xml",
                "<personList><person id=\"p\" displayName=\"Ada\"/></personList>"),
        ];
        var path = Package(
            _rig.Folder["a.xlsx"],
            new("officeDocument", "xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                "<workbook ☆><sheets><sheet name=\"Data\" r:id=\"x1\"/></sheets></workbook>"),
            parts,
            new("comments", "xl/comments1.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
                "<comments><authors><author>tc={1}</author><author>Bob</author></authors><commentList>"
                    + "<comment ref=\"A1\" authorId=\"0\"><text><t>[Threaded comment] Your version</t></text></comment>"
                    + "<comment ref=\"B1\" authorId=\"1\"><text><t>A note</t></text></comment></commentList></comments>"),
            new("threadedComment", "xl/threadedComments/t1.xml", "application/vnd.ms-excel.threadedcomments+xml",
                "<ThreadedComments><threadedComment ref=\"A1\" id=\"1\" personId=\"p\"><text>Check</text></threadedComment>"
                    + "<threadedComment ref=\"A1\" id=\"2\" parentId=\"1\"><text>Done</text></threadedComment></ThreadedComments>"));

        var part = Assert.Single(await _rig.ExtractAsync(path));

        Assert.EndsWith(
            "Comment on B1: A note\n\nComment on A1 (Ada): Check\n\nReply on A1: Done", part.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cells_without_references_stand_behind_each_other()
    {
        var part = await ReadAsync("<row><c><v>1</v></c><c/><c><v>3</v></c></row>", []);

        Assert.Contains("| 1 |  | 3 |", part.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Escaped_characters_are_what_they_stand_for()
    {
        var part = await ReadAsync(Row(1, Text("A1", "a_x000D__x000A_b _x005F_x")), []);

        Assert.Contains("| a b _x |", part.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hidden_sheets_rows_and_columns_are_marked()
    {
        var path = Workbook(
            _rig.Folder["a.xlsx"],
            "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols>"
                + Data(Row(1, Cell("A1", "1")) + "<row r=\"2\" hidden=\"1\">" + Cell("A2", "2") + "</row>"),
            [],
            isHidden: true);

        var part = Assert.Single(await _rig.ExtractAsync(path));

        Assert.Equal("## Sheet: Data (hidden)\n\n(hidden columns: B–C)\n\n| 1 |\n| --- |\n| (hidden row) 2 |", part.Text);
        Assert.Contains("hidden sheets", part.Note, StringComparison.Ordinal);
        Assert.False(part.HasGaps);
        Assert.Contains("hidden rows", part.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_boxes_and_charts_of_a_sheet_are_read()
    {
        var drawing = new Part("drawing", "xl/drawings/drawing1.xml", "application/vnd.openxmlformats-officedocument.drawing+xml",
            "<xdr:wsDr ☆><xdr:twoCellAnchor><xdr:sp><xdr:txBody><a:p><a:r><a:t>Approved by "
                + "Ada</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor>"
            + "<xdr:twoCellAnchor><xdr:graphicFrame><a:graphic><a:graphicData><c:chart "
            + "r:id=\"x9\"/></a:graphicData></a:graphic></xdr:graphicFrame></xdr:twoCellAnchor></xdr:wsDr>");

        var part = Assert.Single(
            await _rig.ExtractAsync(Workbook(_rig.Folder["a.xlsx"], Data(Row(1, Cell("A1", "1"))), [], parts: drawing)));

        Assert.EndsWith("| 1 |\n| --- |\n\nApproved by Ada", part.Text, StringComparison.Ordinal);
        Assert.Contains("1 charts", part.Note, StringComparison.Ordinal);
        Assert.True(part.HasGaps);
    }

    [Fact]
    public async Task Later_parts_of_a_sheet_repeat_its_name_and_the_head_of_its_table()
    {
        var rows = Row(1, Text("A1", "Stock at year end")) + Row(2, Text("A2", "Part") + Text("B2", "Pieces"))
            + string.Concat(Enumerable.Range(3, 300).Select(row => Row(row, Cell($"A{row}", $"{row}") + Cell($"B{row}", "1"))));
        var path = Workbook(_rig.Folder["a.xlsx"], Data(rows), []);

        var parts = await _rig.ExtractAsync(path, new() { TextPartCharacters = 500 });

        Assert.True(parts.Count > 3);
        Assert.Null(parts[0].Context);
        Assert.All(parts.Skip(1), part => Assert.Equal("## Sheet: Data\n\n| Part | Pieces |", part.Context));
        Assert.Equal(1, parts.Sum(part => part.Text!.Split("| 150 |").Length - 1));
    }

    private static string Data(string rows) => $"<sheetData>{rows}</sheetData>";

    private static string Row(int number, string cells) => $"<row r=\"{number}\">{cells}</row>";

    [Theory]
    [InlineData("A4", "4", true)]
    [InlineData("A4", "", false)]
    public async Task Rows_behind_the_last_that_is_read_are_a_gap_only_when_they_hold_something(string place, string value, bool hasGaps)
    {
        using var rig = new MediaRig(extract: options => options.MaxSheetRows = 3);
        var rows = string.Concat(Enumerable.Range(1, 3).Select(row => Row(row, Cell($"A{row}", "7"))));

        var part = Assert.Single(await rig.ExtractAsync(
            Workbook(rig.Folder["a.xlsx"], Data(rows + Row(4, Cell(place, value)) + Row(5, Cell("A5", ""))), [])));

        Assert.Equal(hasGaps, part.HasGaps);
    }

    private async Task<ExtractedSegment> ReadAsync(string rows, string[] formats) =>
        Assert.Single(await _rig.ExtractAsync(Workbook(_rig.Folder["a.xlsx"], Data(rows), formats)));
}
