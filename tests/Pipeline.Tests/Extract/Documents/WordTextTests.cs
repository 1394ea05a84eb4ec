using System.IO.Compression;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;
using static Qwen35Batch.Pipeline.Tests.Extract.Documents.OfficeXml;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

public sealed class WordTextTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>", "x^2")]
    [InlineData("<m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>", "(a+b)/2")]
    [InlineData("<m:rad><m:e><m:r><m:t>2</m:t></m:r></m:e></m:rad>", "√(2)")]
    [InlineData(
        "<m:nary><m:naryPr><m:chr "
            + "m:val=\"∑\"/></m:naryPr><m:sub><m:r><m:t>i=1</m:t></m:r></m:sub><m:sup><m:r><m:t>n</m:t></m:r></m:sup><m:e><m:r><m:t>"
            + "i</m:t></m:r></m:e></m:nary>",
        "∑_(i=1)^(n) i")]
    public async Task An_equation_is_read_on_one_line(string math, string line)
    {
        var part = await ReadAsync($"<w:p><w:r><w:t>so </w:t></w:r><m:oMath>{math}</m:oMath></w:p>");

        Assert.Equal($"so {line}", part.Text);
    }

    [Fact]
    public async Task Automatic_numbers_are_counted_as_word_counts_them()
    {
        var numbering = new Part(
            "numbering",
            "word/numbering.xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml",
            "<w:numbering ☆><w:abstractNum w:abstractNumId=\"0\">"
            + "<w:lvl w:ilvl=\"0\"><w:start w:val=\"3\"/><w:numFmt w:val=\"upperRoman\"/><w:lvlText w:val=\"Part %1\"/></w:lvl>"
            + "<w:lvl w:ilvl=\"1\"><w:start w:val=\"1\"/><w:numFmt w:val=\"lowerLetter\"/><w:lvlText "
            + "w:val=\"%1.%2)\"/></w:lvl></w:abstractNum>"
            + "<w:abstractNum w:abstractNumId=\"1\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt "
            + "w:val=\"japaneseCounting\"/><w:lvlText w:val=\"第%1条\"/></w:lvl></w:abstractNum>"
            + "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num><w:num w:numId=\"2\"><w:abstractNumId "
            + "w:val=\"1\"/></w:num></w:numbering>");

        var part = await ReadAsync(
            Numbered("Risk", 1, 0)
                + Numbered("Fire", 1, 1)
                + Numbered("Water", 1, 1)
                + Numbered("Costs", 1, 0)
                + Numbered("Late", 1, 1)
                + Numbered("目的", 2, 0)
                + Numbered("none", 0, 0),
            numbering);

        Assert.Equal("Part III Risk\n\n  III.a) Fire\n\n  III.b) Water\n\nPart IV Costs\n\n  IV.a) Late\n\n第一条 目的\n\nnone", part.Text);
    }

    [Fact]
    public async Task Text_is_read_where_it_was_moved_to_and_struck_text_is_marked()
    {
        var part = await ReadAsync(
            "<w:p><w:moveFrom w:id=\"1\"><w:r><w:t>clause</w:t></w:r></w:moveFrom><w:r><w:t>start </w:t></w:r></w:p>"
            + "<w:p><w:moveTo w:id=\"2\"><w:r><w:t>clause</w:t></w:r></w:moveTo><w:del "
            + "w:id=\"3\"><w:r><w:delText>old</w:delText></w:r></w:del><w:ins w:id=\"4\"><w:r><w:t> new</w:t></w:r></w:ins></w:p>"
            + Paragraph("void", run: "<w:strike/>") + Paragraph("valid", run: "<w:strike w:val=\"0\"/>"));

        Assert.Equal("start\n\nclause new\n\n~~void~~\n\nvalid", part.Text);
        Assert.Contains("tracked changes", part.Note, StringComparison.Ordinal);
        Assert.False(part.HasGaps);
    }

    [Fact]
    public async Task A_reading_stands_beside_the_text_and_raised_and_lowered_letters_are_marked()
    {
        var part = await ReadAsync(
            "<w:p><w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>やまだ</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>山田</w:t></w:r></w:rubyBase></w:ruby>"
                + "</w:r><w:r><w:t>様</w:t></w:r></w:p>"
            + "<w:p><w:r><w:t>5 m</w:t></w:r><w:r><w:rPr><w:vertAlign w:val=\"superscript\"/></w:rPr><w:t>3</w:t></w:r><w:r><w:t> "
            + "H</w:t></w:r><w:r><w:rPr><w:vertAlign w:val=\"subscript\"/></w:rPr><w:t>2</w:t></w:r><w:r><w:t>O</w:t></w:r></w:p>");

        Assert.Equal("山田様\n\n5 m^3 H_2O", part.Text);
    }

    [Fact]
    public async Task Hidden_text_is_left_out_with_a_word()
    {
        var part = await ReadAsync(Paragraph("shown") + Paragraph("internal only", run: "<w:vanish/>"));

        Assert.Equal("shown", part.Text);
        Assert.Contains("hidden text", part.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_boxes_lists_and_symbol_fonts_show_what_they_show()
    {
        var part = await ReadAsync(
            "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"><w:ffData><w:checkBox><w:default "
                + "w:val=\"0\"/><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:t> paid </w:t></w:r>"
            + "<w:r><w:fldChar w:fldCharType=\"begin\"><w:ffData><w:checkBox><w:default "
            + "w:val=\"0\"/></w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:t> open </w:t></w:r>"
            + "<w:r><w:fldChar w:fldCharType=\"begin\"><w:ffData><w:ddList><w:result w:val=\"1\"/><w:listEntry "
            + "w:val=\"Bonn\"/><w:listEntry w:val=\"Kyoto\"/></w:ddList></w:ffData></w:fldChar></w:r></w:p>"
            + "<w:p><w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/></w:r><w:r><w:t> yes </w:t></w:r><w:r><w:sym w:font=\"Symbol\" "
            + "w:char=\"F06D\"/></w:r><w:r><w:rPr><w:rFonts w:ascii=\"Symbol\"/></w:rPr><w:t>W</w:t></w:r></w:p>");

        Assert.Equal("☒ paid ☐ open Kyoto\n\n☑ yes μΩ", part.Text!.Replace('µ', 'μ'));
    }

    [Fact]
    public async Task A_chart_becomes_a_table_behind_its_paragraph()
    {
        var part = await ReadAsync(
            "<w:p><w:r><w:t>See</w:t></w:r><w:r><w:drawing><a:graphic><a:graphicData><c:chart "
                + "r:id=\"x1\"/></a:graphicData></a:graphic></w:drawing></w:r></w:p>",
            Chart("word"));

        Assert.Equal(
            "See\n\nChart (line): Rain\n\n|  | North | South |\n| --- | --- | --- |\n| May | 3 | 50% |\n| June | 4 | 25% |", part.Text);
        Assert.Contains("Charts were read", part.Note, StringComparison.Ordinal);
        Assert.False(part.HasGaps);
    }

    [Fact]
    public async Task What_is_embedded_is_named_and_counted()
    {
        var part = await ReadAsync(
            Paragraph("Cover")
                + "<w:p><w:r><w:object><o:OLEObject ProgID=\"Excel.Sheet.12\" r:id=\"x9\"/></w:object></w:r></w:p><w:altChunk "
                + "r:id=\"x1\"/>",
            new Part("aFChunk", "word/old.rtf", "application/rtf", "{\\rtf1 old}"));

        Assert.Equal("Cover", part.Text);
        Assert.Contains("1 embedded documents (Excel.Sheet.12)", part.Note, StringComparison.Ordinal);
        Assert.True(part.HasGaps);
        Assert.Contains("1 inserted documents (old.rtf)", part.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workbook_that_is_embedded_is_read_behind_the_text()
    {
        var inner = OfficeXml.Workbook(
            _rig.Folder["inner.xlsx"], $"<sheetData><row r=\"1\">{OfficeXml.Cell("A1", "4711")}</row></sheetData>", []);
        var path = Word(
            _rig.Folder["a.docx"],
            "<w:p><w:r><w:t>Cover</w:t></w:r><w:r><w:object><o:OLEObject ProgID=\"Excel.Sheet.12\" r:id=\"x1\"/></w:object></w:r></w:p>"
                + Paragraph("End"),
            new Part("package", "word/embeddings/inner.xlsx", "application/octet-stream", ""));
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            archive.GetEntry("word/embeddings/inner.xlsx")!.Delete();
            archive.CreateEntryFromFile(inner, "word/embeddings/inner.xlsx");
        }

        var part = Assert.Single(await _rig.ExtractAsync(path));

        Assert.Equal("Cover\n\nEnd\n\n### Embedded: inner.xlsx\n\n## Sheet: Data\n\n| 4711 |\n| --- |", part.Text);
        Assert.False(part.HasGaps);
    }

    [Theory]
    [InlineData(100, 0, null)]
    [InlineData(101, 0, "charts with more than 100 series, beyond those")]
    [InlineData(1, 5_000, "charts with more than 5000 points, beyond those")]
    public async Task What_a_chart_has_beyond_the_limits_is_counted(int series, int point, string? missed)
    {
        var all = string.Concat(Enumerable.Range(0, series).Select(number =>
            $"<c:ser><c:val><c:numRef><c:numCache><c:pt idx=\"0\"><c:v>{number}</c:v></c:pt><c:pt idx=\"{point}\"><c:v>1</c:v></c:pt>"
            + "</c:numCache></c:numRef></c:val></c:ser>"));

        var part = await ReadAsync(
            "<w:p><w:r><w:drawing><c:chart r:id=\"x1\"/></w:drawing></w:r></w:p>",
            Chart("word") with { Content = $"<c:chartSpace ☆><c:chart><c:plotArea>{all}</c:plotArea></c:chart></c:chartSpace>" });

        Assert.Equal(missed is not null, part.HasGaps);
        Assert.Contains(missed ?? "", part.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_words_of_a_box_stand_on_lines_of_their_own_and_once()
    {
        const string box = "<w:txbxContent><w:p><w:r><w:t>one</w:t></w:r></w:p><w:p><w:r><w:t>two</w:t></w:r></w:p></w:txbxContent>";

        var part = await ReadAsync(
            "<w:p><w:r><w:t>Before</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing>" + box
            + "</w:drawing></mc:Choice><mc:Fallback><w:pict>" + box + "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
            + "<w:r><w:t>after</w:t></w:r></w:p>");

        Assert.Equal("Before\none\ntwo\nafter", part.Text);
    }

    [Fact]
    public async Task A_document_of_nothing_but_what_is_not_read_says_so()
    {
        var exception = await _rig.RejectsAsync(
            Word(_rig.Folder["a.docx"], "<w:p><w:r><w:object><o:OLEObject ProgID=\"Equation.3\"/></w:object></w:r></w:p>"));

        Assert.Contains("Equation.3", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cells_that_span_columns_keep_the_columns_apart()
    {
        var part = await ReadAsync(
            "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan "
                + "w:val=\"2\"/></w:tcPr><w:p><w:r><w:t>Both</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>C</w:t></w:r></w:p></w:tc></w:tr>"
            + "<w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>"
            + "3</w:t></w:r></w:p></w:tc></w:tr></w:tbl>");

        Assert.Equal("| Both |  | C |\n| --- | --- | --- |\n| 1 | 2 | 3 |", part.Text);
    }

    [Fact]
    public async Task A_table_whose_cells_are_all_empty_is_no_damage()
    {
        const string row = "<w:tr><w:tc><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr>";

        var part = await ReadAsync(Paragraph("Sign here:") + $"<w:tbl>{row}{row}</w:tbl>");

        Assert.StartsWith("Sign here:", part.Text, StringComparison.Ordinal);
        Assert.Null(part.Note);
    }

    private static string Numbered(string text, int list, int level) =>
        Paragraph(text, $"<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr>");

    private async Task<ExtractedSegment> ReadAsync(string body, params Part[] parts) =>
        Assert.Single(await _rig.ExtractAsync(Word(_rig.Folder["a.docx"], body, parts)));
}
