using System.Text;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

/// <summary>What a PDF holds beside its pages becomes text parts behind them.</summary>
public sealed class PdfContentsTests : IDisposable
{
    private const string Template =
        "<template xmlns=\"http://www.xfa.org/schema/xfa-template/3.0/\"><subform name=\"form1\"><draw><value>"
        + "<text>Leave</text></value></draw><field name=\"Person\"><caption><value><text>Full name</text></value></caption></field>"
        + "<field name=\"Agreed\"><ui><checkButton/></ui><items><text>yes</text><text>no</text></items></field>"
        + "<field name=\"Land\"><items><text>Japan</text></items><items save=\"1\"><text>JP</text></items></field>"
        + "<field name=\"Reason\"><caption><value><exData><body xmlns=\"http://www.w3.org/1999/xhtml\"><p>Why</p></body></exData></value>"
        + "</caption></field><draw><value><image>AA==</image></value></draw><field name=\"Part\"/></subform></template>";

    private const string Data =
        "<xfa:datasets xmlns:xfa=\"http://www.xfa.org/schema/xfa-data/1.0/\"><xfa:data><form1><Person>Ada</Person><Agreed>yes</Agreed>"
        + "<Land>JP</Land><Reason/><Row><Part>Bolt</Part></Row><Row><Part>Nut</Part></Row></form1></xfa:data></xfa:datasets>";

    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task The_values_and_words_of_an_xfa_form_are_a_part_behind_the_pages()
    {
        var path = Form($"<xdp:xdp xmlns:xdp=\"http://ns.adobe.com/xdp/\">{Template}{Data}</xdp:xdp>", "/XFA 7 0 R");

        var segments = await _rig.ExtractAsync(path);

        Assert.Equal("Please wait", segments[0].Text!.Trim());
        Assert.Equal(
            "## Form\n\nFull name (form1.Person): Ada\n\nform1.Agreed: ☒\n\nform1.Land: Japan (JP)\n\nform1.Row[1].Part: Bolt\n\n"
                + "form1.Row[2].Part: Nut\n\nLeave\n\nWhy: (empty)",
            segments[^1].Text);
        Assert.Contains("XFA form", segments[^1].Note, StringComparison.Ordinal);
        Assert.Contains("1 pictures of the form", segments[^1].Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_in_packets_is_read_and_the_limit_of_pages_leaves_it_in()
    {
        var path = Form(Data, "/XFA [(preamble) 7 0 R (datasets) 7 0 R]");

        var segments = await _rig.ExtractAsync(path, options: new() { MaxPages = 1 });

        Assert.Equal(2, segments.Count);
        Assert.StartsWith("## Form\n\nform1.Person: Ada", segments[1].Text, StringComparison.Ordinal);
        Assert.False(segments[1].HasGaps);
    }

    [Fact]
    public async Task Attached_texts_are_read_and_other_files_are_listed_and_counted()
    {
        var path = Attached(("parts.csv", "part,pieces\nbolt,7\n"u8.ToArray()), ("blob.bin", [0, 1, 2, 0xFF]));

        var part = (await _rig.ExtractAsync(path))[^1];

        Assert.Equal(
            "## Attachments\n\n- parts.csv (text/csv, 19 bytes)\n\n- blob.bin (text/csv, 4 bytes)\n\n### Attached: parts.csv\n\n"
                + "part,pieces\nbolt,7",
            part.Text);
        Assert.Contains("1 attachments (blob.bin)", part.Note, StringComparison.Ordinal);
        Assert.True(part.HasGaps);
    }

    [Fact]
    public async Task A_document_that_is_attached_is_read_by_its_own_reader()
    {
        var letter = await File.ReadAllBytesAsync(
            OfficeXml.Word(_rig.Folder["letter.docx"], OfficeXml.Paragraph("Dear Ada")), TestContext.Current.CancellationToken);

        var part = (await _rig.ExtractAsync(Attached(("letter.docx", letter))))[^1];

        Assert.EndsWith("### Attached: letter.docx\n\nDear Ada", part.Text, StringComparison.Ordinal);
        Assert.False(part.HasGaps);
    }

    [Fact]
    public async Task A_file_that_unpacks_beyond_the_limit_is_counted()
    {
        using var packed = new MemoryStream();
        using (var stream = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            stream.Write(new byte[40_000_000]);

        var part = (await _rig.ExtractAsync(Attached("/Filter /FlateDecode", ("bomb.txt", packed.ToArray()))))[^1];

        Assert.Contains("1 attachments (bomb.txt)", part.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_beside_the_pages_is_named_with_the_whole()
    {
        var media = await _rig.DescribeAsync(Form("no XML", "/XFA 7 0 R"));

        Assert.Equal((2, null), (media.PageCount, media.CharacterCount));
        var note = Assert.Single(media.Notes!);
        Assert.True(note.IsGap);
        Assert.Contains("XFA", note.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pdf_of_pages_alone_has_no_part_behind_them()
    {
        var media = await _rig.DescribeAsync(_rig.Folder.Write("plain.pdf", PdfFile.OfLines("One")));

        Assert.Equal((1, null), (media.PageCount, media.CharacterCount));
        Assert.Null(media.Notes);
    }

    private string Form(string xfa, string entry) => _rig.Folder.Write(
        "form.pdf",
        PdfFile.Of(
            "/MediaBox [0 0 300 200]",
            [("", "BT /F1 18 Tf 20 100 Td (Please wait) Tj ET"u8.ToArray()), ("", Encoding.UTF8.GetBytes(xfa))],
            $"/AcroForm << /Fields [] {entry} >>"));

    private string Attached(params (string Name, byte[] Content)[] files) => Attached("", files);

    // Objects 5, 7 and so on are streams.
    private string Attached(string entries, params (string Name, byte[] Content)[] files) => _rig.Folder.Write(
        "attached.pdf",
        PdfFile.Of(
            "/MediaBox [0 0 300 200]",
            [
                ("", "BT /F1 18 Tf 20 100 Td (cover) Tj ET"u8.ToArray()),
                .. files.Select(file => ($"/Type /EmbeddedFile /Subtype /text#2Fcsv {entries}", file.Content)),
            ],
            "/Names << /EmbeddedFiles << /Names ["
                + string.Concat(files.Select((file, index) =>
                    $"(n{index}) << /Type /Filespec /F (x) /UF ({file.Name}) /EF << /F {7 + (2 * index)} 0 R >> >> "))
                + "] >> >>"));
}
