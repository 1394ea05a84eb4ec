using System.IO.Compression;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract;

public sealed class PdfReaderTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private string Write(byte[] content) => _rig.Folder.Write("文書 'x'.pdf", content);

    [Fact]
    public async Task Every_page_has_its_picture_and_its_text()
    {
        var path = Write(PdfFile.OfLines("First page", "Second page", "Third page"));

        var media = await _rig.DescribeAsync(path);
        var pages = await _rig.ExtractAsync(path, new() { MaxPicturePixels = 60_000 });

        Assert.Equal((MediaKind.Pdf, 3), (media.Kind, media.PageCount));
        Assert.Equal(["First page", "Second page", "Third page"], pages.Select(page => page.Text!.Trim()));
        Assert.Equal([1, 2, 3], pages.Select(page => page.Pictures[0].Page!.Value));
        var picture = pages[1].Pictures[0];
        // As the model's processor keeps it: sides of whole patches.
        Assert.Equal((288, 192), (picture.Width, picture.Height));
        // A blue square in the lower left corner, white in the upper right one.
        var pixels = picture.Pixmap.Span[^(288 * 192 * 3)..];
        Assert.Equal((0, 0, 255), (pixels[^(288 * 3)], pixels[^((288 * 3) - 1)], pixels[^((288 * 3) - 2)]));
        Assert.Equal(255, pixels[287 * 3]);
    }

    [Fact]
    public async Task The_text_layer_is_left_out_when_the_task_does_not_want_it() =>
        Assert.Null((await _rig.ExtractAsync(Write(PdfFile.OfLines("Words")), new() { IncludeTextLayer = false }))[0].Text);

    [Fact]
    public async Task A_scanned_page_has_no_text() =>
        Assert.Null((await _rig.ExtractAsync(Write(PdfFile.Of("/MediaBox [0 0 100 100]", [("", "0 0 50 50 re f"u8.ToArray())]))))[0].Text);

    [Fact]
    public async Task A_turned_or_cropped_page_is_shown_as_a_reader_would()
    {
        var path = Write(PdfFile.OfLines("/MediaBox [0 0 300 200] /CropBox [0 0 150 200] /Rotate 90", ["x"]));

        var picture = (await _rig.ExtractAsync(path, new() { MaxPicturePixels = 30_000 }))[0].Pictures[0];

        Assert.Equal((200, 150), (picture.Width, picture.Height));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    public async Task Text_outside_of_the_crop_box_is_not_on_the_page(int rotation)
    {
        const string words =
            "BT /F1 9 Tf 120 250 Td (inside) Tj ET BT /F1 9 Tf 120 350 Td (above) Tj ET BT /F1 9 Tf 120 50 Td (below) Tj ET "
                + "BT /F1 9 Tf 20 250 Td (left) Tj ET BT /F1 9 Tf 300 250 Td (right) Tj ET";
        var path = Write(
            PdfFile.Of($"/MediaBox [0 0 400 500] /CropBox [100 200 200 300] /Rotate {rotation}", [("", Encoding.ASCII.GetBytes(words))]));

        Assert.Equal("inside", (await _rig.ExtractAsync(path))[0].Text!.Trim());
    }

    [Fact]
    public async Task A_page_whose_drawing_breaks_off_is_noted_as_damaged()
    {
        var path = Write(
            PdfFile.Of("/MediaBox [0 0 300 200]", [("", "BT /F1 18 Tf 20 100 Td (total) Tj ET (x) nonsense 5 Tj"u8.ToArray())]));

        var page = (await _rig.ExtractAsync(path))[0];

        Assert.Contains("total", page.Text, StringComparison.Ordinal);
        Assert.Contains("damaged", page.Note, StringComparison.Ordinal);
        Assert.True(page.HasGaps);
    }

    [Fact]
    public async Task A_scan_that_breaks_off_is_noted()
    {
        var jpeg = Jpeg();
        foreach (var (bytes, isCut) in new[] { (jpeg, false), (jpeg[..(jpeg.Length * 2 / 3)], true) })
        {
            var header = Encoding.ASCII.GetBytes("q 300 0 0 200 0 0 cm /Im0 Do Q");
            var path = _rig.Folder.Write($"{isCut}.pdf", PdfFile.Of(
                "/MediaBox [0 0 300 200]",
                [
                    ("", header),
                    (
                        "/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
                        bytes)
                ]));

            Assert.Equal(
                isCut,
                (await _rig.ExtractAsync(path, options: new() { MaxPages = 1 }))[0].Note?.Contains("incomplete", StringComparison.Ordinal)
                    == true);
        }
    }

    [Theory]
    [InlineData("Syntax Error: Missing language pack for 'Adobe-Japan1' mapping\nSyntax Error: Unknown font tag 'F2'", "poppler-data")]
    [InlineData("Syntax Error: Couldn't find a font for 'HeiseiMin-W3', display font missing", "font")]
    [InlineData("Syntax Error (12): Unexpected end of file in flate stream", "damaged")]
    [InlineData("Syntax Warning: Invalid Font Weight", null)]
    [InlineData("", null)]
    public void What_poppler_says_is_told(string messages, string? word)
    {
        var note = ReadingNote.Join(PdfMessages.Notes(messages));

        Assert.Equal(word is null, note is null);
        Assert.Contains(word ?? "", note ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("Unknown font tag", note ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_layer_of_private_characters_is_none()
    {
        Assert.Equal(
            (null, true),
            (
                PdfText.Clean("\uE001\uE002\uE003 12", 100, isCut: false).Text,
                PdfText.Clean("\uE001\uE002\uE003 12", 100, isCut: false).Note is not null));
        Assert.Equal(("• item one", null), PdfText.Clean("• item\uF0B7 one", 100, isCut: false));
    }

    [Fact]
    public void Punctuation_of_vertical_writing_is_what_it_is_in_any_other() =>
        Assert.Equal(
            "「名前（仮）」は、まだ無い。『済』", PdfText.Clean("﹁名前︵仮︶﹂は︑まだ無い︒﹃済﹄", 100, isCut: false).Text);

    [Fact]
    public async Task A_giant_page_is_reduced_and_a_small_one_is_not_blown_up_beyond_200_dots_per_inch()
    {
        var giant = Write(PdfFile.OfLines("/MediaBox [0 0 14400 14400]", ["x"]));
        var small = _rig.Folder.Write("small.pdf", PdfFile.OfLines("/MediaBox [0 0 72 36]", ["x"]));

        Assert.Equal(1024, (await _rig.ExtractAsync(giant))[0].Pictures[0].Width);
        Assert.Equal(
            (192, 96), ((await _rig.ExtractAsync(small))[0].Pictures[0].Width, (await _rig.ExtractAsync(small))[0].Pictures[0].Height));
    }

    [Fact]
    public async Task The_job_reads_as_many_pages_as_the_submitter_wants() =>
        Assert.Single(await _rig.ExtractAsync(Write(PdfFile.OfLines("a", "b")), options: new() { MaxPages = 1 }));

    [Fact]
    public async Task A_long_text_layer_is_cut_and_says_so()
    {
        using var rig = new MediaRig(extract: options => options.MaxPageTextCharacters = 5);

        var page = Assert.Single(await rig.ExtractAsync(rig.Folder.Write("a.pdf", PdfFile.OfLines("abcdefghij"))));

        Assert.Equal("abcde", page.Text!.Trim());
        Assert.Contains("first 5 characters", page.Note, StringComparison.Ordinal);
        Assert.True(page.HasGaps);
    }

    [Fact]
    public async Task A_bomb_within_a_bomb_is_stopped_by_the_deadline()
    {
        using var rig = new MediaRig(extract: options => options.PageDeadline = TimeSpan.FromMilliseconds(400));
        var operators = new byte[40_000_000];
        for (var at = 0; at < operators.Length; at += 4)
            "q Q "u8.CopyTo(operators.AsSpan(at));
        var once = Deflate(operators);
        var path = rig.Folder.Write(
            "bomb.pdf", PdfFile.Of("/MediaBox [0 0 100 100]", [("/Filter [/FlateDecode /FlateDecode]", Deflate(once))]));

        Assert.True(new FileInfo(path).Length < 5_000);
        Assert.Equal(RejectionReason.TimedOut, (await rig.RejectsAsync(path)).Reason);
        Assert.Empty(Processes.Mentioning(rig.Folder.Root));
    }

    [Theory]
    [InlineData("0.001", 1, "within 1 s")]
    [InlineData("0.00001", 60, "256 MiB of memory")]
    public async Task A_page_that_cannot_be_drawn_within_its_time_and_memory_is_read_from_its_text(string dash, int seconds, string why)
    {
        using var rig = new MediaRig(extract: options =>
        {
            options.PageMemoryBytes = 256L << 20;
            options.PageDeadline = TimeSpan.FromSeconds(seconds);
        });
        var path = rig.Folder.Write("dash.pdf", Dashes(dash, "BT /F1 18 Tf 20 100 Td (Total 42) Tj ET"));

        var page = Assert.Single(await rig.ExtractAsync(path));

        Assert.Equal("Total 42", page.Text!.Trim());
        Assert.Empty(page.Pictures);
        Assert.True(page.HasGaps);
        Assert.Contains("could not be drawn", page.Note, StringComparison.Ordinal);
        Assert.Contains(why, page.Note, StringComparison.Ordinal);
        Assert.Empty(Processes.Mentioning(rig.Folder.Root));
    }

    [Fact]
    public async Task A_page_that_can_neither_be_drawn_nor_has_a_text_is_refused_the_first_time()
    {
        using var rig = new MediaRig(extract: options => options.PageDeadline = TimeSpan.FromSeconds(2));

        var refused = await rig.RejectsAsync(rig.Folder.Write("dash.pdf", Dashes("0.00001", "")));

        Assert.Contains(refused.Reason, new[] { RejectionReason.TimedOut, RejectionReason.TooLarge });
    }

    // A line of hundreds of thousands or of millions of dashes, again and again.
    private static byte[] Dashes(string dash, string text)
    {
        var lines = string.Concat(Enumerable.Repeat($"[{dash} {dash}] 0 d 1 w 0 0 m 300 200 l S\n", 500));
        return PdfFile.Of("/MediaBox [0 0 300 200]", [("", Encoding.Latin1.GetBytes(lines + text))]);
    }

    [Fact]
    public async Task An_encrypted_document_is_refused_as_encrypted()
    {
        // Revision 2, with a user password: neither hash fits the empty one.
        var zeros = new string('0', 64);
        var text = Encoding.Latin1.GetString(PdfFile.OfLines("secret"))
            .Replace(
                "/Root 1 0 R",
                $"/Root 1 0 R /ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{zeros}> /U <{zeros}> >>",
                StringComparison.Ordinal);

        var exception = await _rig.RejectsAsync(Write(Encoding.Latin1.GetBytes(text)));

        Assert.Equal(RejectionReason.Encrypted, exception.Reason);
        Assert.Contains("password", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_without_pages_or_sense_is_corrupt() =>
        Assert.Equal(RejectionReason.CorruptMedia, (await _rig.RejectsAsync(Write("%PDF-1.7 nothing else"u8.ToArray()))).Reason);

    private static byte[] Deflate(byte[] content)
    {
        using var target = new MemoryStream();
        using (var stream = new ZLibStream(target, CompressionLevel.SmallestSize))
            stream.Write(content);
        return target.ToArray();
    }

    private static byte[] Jpeg()
    {
        using var image = NetVips.Image.Gaussnoise(64, 64).Cast(NetVips.Enums.BandFormat.Uchar);
        using var coloured = image.Bandjoin(image, image).Copy(interpretation: NetVips.Enums.Interpretation.Srgb);
        return coloured.JpegsaveBuffer();
    }
}
