using System.IO.Compression;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Documents.Pdf;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Grounding;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

/// <summary>What people put on the pages of a PDF is read with the page that it is on.</summary>
public sealed class PdfAnnotationTests : IDisposable
{
    private const string Heading = "\n\nAnnotations on the page (notes, marks and form fields; not part of its printed text):\n";
    private const string Words = "BT /F1 18 Tf 20 100 Td (Pay 500 EUR by May) Tj ET";

    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Notes_and_marks_stand_behind_the_text_with_their_authors_and_the_words_that_they_mark()
    {
        var page = await PageAsync(
            Annotation("Text", "/T (Ada) /Contents (Too much)"),
            Annotation("Highlight", "/T (Bob) /QuadPoints [50 120 128 120 50 95 128 95]"),
            Annotation("StrikeOut", "/QuadPoints [20 120 48 120 20 95 48 95] /Contents (Owe)"),
            Annotation("Text", "/F 2 /IRT << /Type /Annot >> /T <FEFF5C717530> /Contents (No)"),
            Annotation("Text", "/F 2 /Contents (hidden)"),
            Annotation("Text", "/IRT << /Type /Annot >> /StateModel (Review) /Contents (Accepted)"),
            Annotation("Link", "/Contents (nowhere)"));

        Assert.Equal(
            "Pay 500 EUR by May" + Heading
                + "- Note (Ada): Too much\n- Highlighted “500 EUR” (Bob)\n- Struck out “Pay”: Owe\n- Reply (山田): No",
            page.Text!.TrimStart());
        Assert.Empty(page.Notes);
    }

    [Theory]
    [InlineData("/Rotate 90")]
    [InlineData("/Rotate 180")]
    [InlineData("/Rotate 270")]
    [InlineData("/CropBox [10 50 290 150]")]
    [InlineData("/CropBox [10 50 290 150] /Rotate 270")]
    public async Task The_words_that_are_marked_are_found_on_pages_that_are_turned_or_cropped(string entries)
    {
        var page = await PageWithAsync(entries, Annotation("Highlight", "/QuadPoints [50 120 128 120 50 95 128 95]"));

        Assert.EndsWith("\n- Highlighted “500 EUR”", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boxes_that_are_ticked_values_that_are_not_drawn_and_signatures_are_read()
    {
        var page = await PageAsync(
            Widget("/FT /Btn /T (Agreed) /AS /Yes"),
            Widget("/FT /Btn /T (Paid) /AS /Off"),
            Widget("/FT /Btn /Ff 32768 /AS /Monthly /Parent << /T (Term) >>"),
            Widget("/FT /Btn /Ff 65536 /T (Print)"),
            Widget("/FT /Tx /T (a1) /TU (Full name) /V (Ada Lovelace)"),
            Widget("/FT /Tx /Ff 8192 /T (Password) /V (secret)"),
            Widget("/FT /Ch /T (Land) /V (JP) /Opt [[(JP) (Japan)] [(DE) (Germany)]]"),
            Widget("/FT /Sig /T (Signature) /V << /Name (Bob) /M (D:20250102030405Z) /Reason (Approved) >>"));

        Assert.EndsWith(
            Heading + "- Agreed: ☒\n- Paid: ☐\n- Term: ☒ (Monthly)\n- Full name: Ada Lovelace\n- Land: Japan\n"
                + "- Signature: signed Bob, Approved, 2025-01-02",
            page.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_page_shows_is_not_said_twice()
    {
        var page = await PageAsync(Widget("/FT /Tx /T (Sum) /V (500 EUR)"), Annotation("Text", "/Contents (500 EUR)"));

        Assert.EndsWith(Heading + "- Note: 500 EUR", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Films_are_counted_and_a_task_without_text_is_told_what_it_misses()
    {
        var film = await PageAsync(Annotation("RichMedia", "/Contents (A film)"));
        var path = Write("", Annotation("Text", "/Contents (Too much)"));
        var picture = Assert.Single(await _rig.ExtractAsync(path, new() { IncludeTextLayer = false }));

        Assert.Contains("Not read: 1 films", film.Note, StringComparison.Ordinal);
        Assert.True(film.HasGaps);
        Assert.Null(picture.Text);
        Assert.Contains("1 annotations", picture.Note, StringComparison.Ordinal);
        Assert.True(picture.HasGaps);
    }

    [Fact]
    public async Task A_value_that_stands_in_a_note_alone_has_the_place_of_the_note()
    {
        var page = await PageAsync(Annotation("Text", "/Contents (Order PO-4711)"));
        var question = new TaskQuestion("", System.Text.Json.JsonDocument.Parse("""{"type":"object"}""").RootElement, []);
        var insight = System.Text.Json.JsonDocument.Parse("""{"order":"PO-4711"}""").RootElement;

        var grounded = FieldGrounding.Of(
            insight,
            question,
            new() { Segment = new() { Number = 0, Kind = SegmentKind.Page, Page = 1 }, Words = page.Words, Text = page.Text },
            []);

        var place = grounded.Citations[Assert.Single(grounded.Fields).Citations[0]];
        Assert.Equal(new Box(0.8, 0.1, 0.1, 0.1), place.Box);
    }

    [Fact]
    public async Task Annotations_that_cannot_be_read_are_named_and_the_pages_are_read()
    {
        // Poppler mends a table of objects that is not where it should be; what reads annotations finds no pages without their root.
        var broken = Encoding.Latin1.GetString(Pdf("", Annotation("Text", "/Contents (Too much)")))
            .Replace("trailer\n<< /Size 6 /Root 1 0 R >>", "trailer\n<< /Size 6 /Root 1 0 R /Encrypt 99 0 R >>", StringComparison.Ordinal);

        var media = await _rig.DescribeAsync(_rig.Folder.Write("broken.pdf", Encoding.Latin1.GetBytes(broken)));

        Assert.False(media.HasAnnotations);
        var note = Assert.Single(media.Notes!);
        Assert.True(note.IsGap);
        Assert.Contains("annotations of the PDF", note.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/Subtype /Highlight", true)]
    [InlineData("/Subtype/Widget>>", true)]
    [InlineData("/Subtype\n/Text\n", true)]
    [InlineData("/Subtype /Link", false)]
    [InlineData("/Subtype /TextNot", false)]
    [InlineData("/Subtype /Type1 /ProcSet [/PDF /Text]", false)]
    public void Only_a_file_that_names_an_annotation_is_worth_a_child(string entry, bool mayHave)
    {
        var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionMode.Compress, leaveOpen: true))
            stream.Write(Encoding.ASCII.GetBytes($"1 0 << /Type /Annot {entry} >>"));
        byte[] objects =
        [
            .. "%PDF-1.5\n1 0 obj << /Type /ObjStm /Filter /FlateDecode >>\nstream\r\n"u8, .. packed.ToArray(), .. "\nendstream"u8,
        ];

        Assert.Equal(mayHave, AnnotationScan.MayHaveAny(_rig.Folder.Write("plain.pdf", $"%PDF-1.4\n{new string(' ', 1 << 20)}{entry}")));
        Assert.Equal(mayHave, AnnotationScan.MayHaveAny(_rig.Folder.Write("packed.pdf", objects)));
    }

    private static string Annotation(string kind, string entries) =>
        $"<< /Type /Annot /Subtype /{kind} /Rect [240 160 270 180] {entries} >>";

    private static string Widget(string entries) => Annotation("Widget", entries);

    private static byte[] Pdf(string entries, params string[] annotations) => PdfFile.Of(
        $"/MediaBox [0 0 300 200] {entries} /Annots [{string.Join(' ', annotations)}]", [("", Encoding.ASCII.GetBytes(Words))]);

    private string Write(string entries, params string[] annotations) => _rig.Folder.Write("noted.pdf", Pdf(entries, annotations));

    private Task<ExtractedSegment> PageAsync(params string[] annotations) => PageWithAsync("", annotations);

    private async Task<ExtractedSegment> PageWithAsync(string entries, params string[] annotations) =>
        Assert.Single(await _rig.ExtractAsync(Write(entries, annotations)));
}
