using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract;

public sealed class OfficeReaderTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_word_document_becomes_text_with_its_pictures_and_nothing_external_is_fetched()
    {
        await using var canary = new LoopbackServer();
        var path = OfficeFiles.Docx(_rig.Folder["報告書.docx"], $"{canary.Address}/tracker.png");

        var media = await _rig.DescribeAsync(path);
        var part = Assert.Single(await _rig.ExtractAsync(path));

        Assert.Equal(MediaKind.Office, media.Kind);
        Assert.Equal(part.Text!.Length, media.CharacterCount);
        Assert.Equal(
            """
            ## Results

            Sales rose

            - first item

            | Month | Total |
            | --- | --- |
            | May | 1\|2 |

            Before [picture 1] after

            会議の終わり

            ## Footnotes

            A footnote

            ## Comments

            Ada: Check this
            """.ReplaceLineEndings("\n"),
            part.Text);
        var picture = Assert.Single(part.Pictures);
        Assert.Equal((40, 20), (picture.Width, picture.Height));
        Assert.Equal((0, 255, 0), (picture.Pixmap.Span[^3], picture.Pixmap.Span[^2], picture.Pixmap.Span[^1]));
        Assert.Equal("Not read: 1 pictures that are linked and not embedded.", part.Note);
        Assert.False(part.HasGaps);
        Assert.Equal(0, canary.Hits);
    }

    [Fact]
    public async Task Slides_are_read_in_order_with_pictures_and_notes()
    {
        var part = Assert.Single(await _rig.ExtractAsync(OfficeFiles.Pptx(_rig.Folder["a.pptx"])));

        Assert.Equal("## Slide 1\n\nWelcome\n\n## Slide 2\n\nNumbers\n\n[picture 1]\n\n### Notes\n\nSay thanks", part.Text);
        Assert.Single(part.Pictures);
    }

    [Fact]
    public async Task Sheets_are_read_as_tables_with_dates_up_to_the_number_of_rows()
    {
        using var rig = new MediaRig(extract: options => options.MaxSheetRows = 3);

        var part = Assert.Single(await rig.ExtractAsync(OfficeFiles.Xlsx(rig.Folder["a.xlsx"], rows: 10)));

        Assert.Equal("## Sheet: 売上\n\n| Item |  | Price | 2023年3月15日 |\n| --- | --- | --- | --- |\n| 0.5 |\n| 1.5 |", part.Text);
        Assert.Contains("first 3 rows", part.Note, StringComparison.Ordinal);
        Assert.True(part.HasGaps);
    }

    [Fact]
    public async Task Pictures_travel_with_the_part_that_they_stand_in()
    {
        var path = OfficeFiles.Docx(_rig.Folder["a.docx"], "http://127.0.0.1/x.png");

        var parts = await _rig.ExtractAsync(path, new() { TextPartCharacters = 60 });

        Assert.True(parts.Count > 2);
        Assert.Equal(1, parts.Sum(part => part.Pictures.Count));
        Assert.All(parts, part => Assert.Equal(part.Text!.Contains("[picture 1]", StringComparison.Ordinal) ? 1 : 0, part.Pictures.Count));
    }

    [Fact]
    public async Task A_picture_that_cannot_be_read_is_noted_and_the_text_is_kept()
    {
        var path = OfficeFiles.Docx(_rig.Folder["a.docx"], "http://127.0.0.1/x.png", [1, 2, 3]);

        var part = Assert.Single(await _rig.ExtractAsync(path));

        Assert.Contains("Sales rose", part.Text, StringComparison.Ordinal);
        Assert.Empty(part.Pictures);
        Assert.Contains("1 pictures of this part could not be read", part.Note, StringComparison.Ordinal);
        Assert.True(part.HasGaps);
    }

    [Fact]
    public async Task A_zip_bomb_is_refused_by_what_it_really_unpacks_to()
    {
        var path = OfficeFiles.Package(_rig.Folder["bomb.docx"], main =>
        {
            var block = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
            for (var index = 0; index < 64; index++)
                main.Write(block);
        });
        var exception = await _rig.RejectsAsync(path);

        Assert.True(new FileInfo(path).Length < 200_000);
        Assert.Equal(RejectionReason.TooLarge, exception.Reason);
        Assert.Contains("word/document.xml", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_parts_together_are_bounded_too()
    {
        using var rig = new MediaRig(extract: options => options.MaxUnpackedBytes = 1_000);
        var path = OfficeFiles.Package(
            rig.Folder["a.docx"], main => main.Write("<x/>"u8), [.. Enumerable.Range(0, 300).Select(index => $"p{index}.xml")]);

        Assert.Equal(RejectionReason.TooLarge, (await rig.RejectsAsync(path)).Reason);
    }

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>")]
    [InlineData("<x><y></x>")]
    [InlineData("not xml")]
    public async Task Document_types_and_broken_xml_are_refused(string xml)
    {
        var path = OfficeFiles.Package(_rig.Folder["a.docx"], main => main.Write(Encoding.UTF8.GetBytes(xml)));

        Assert.Equal(RejectionReason.CorruptMedia, (await _rig.RejectsAsync(path)).Reason);
    }

    [Fact]
    public async Task Xml_that_is_nested_too_deep_is_refused_before_it_is_parsed()
    {
        var deep = string.Concat(Enumerable.Repeat("<x>", 100_000)) + string.Concat(Enumerable.Repeat("</x>", 100_000));
        var path = OfficeFiles.Package(_rig.Folder["a.docx"], main => main.Write(Encoding.UTF8.GetBytes(deep)));

        Assert.Contains("nested", (await _rig.RejectsAsync(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_climbs_out_of_its_package_is_refused()
    {
        var path = OfficeFiles.Package(_rig.Folder["a.docx"], main => main.Write("<x/>"u8), "../../evil.xml");

        Assert.Contains("../../evil.xml", (await _rig.RejectsAsync(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_package_is_corrupt()
    {
        OfficeFiles.Docx(_rig.Folder["whole.docx"], "http://127.0.0.1/x.png");
        var bytes = await File.ReadAllBytesAsync(_rig.Folder["whole.docx"], TestContext.Current.CancellationToken);

        Assert.Equal(
            RejectionReason.CorruptMedia,
            (await _rig.RejectsAsync(_rig.Folder.Write("cut.docx", bytes.AsSpan(0, bytes.Length / 2)))).Reason);
    }

    [Fact]
    public async Task A_document_without_text_or_picture_is_empty()
    {
        var path = OfficeFiles.Package(_rig.Folder["a.docx"], main => main.Write(
            "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body/></w:document>"u8));

        Assert.Equal(RejectionReason.Empty, (await _rig.RejectsAsync(path)).Reason);
    }
}
