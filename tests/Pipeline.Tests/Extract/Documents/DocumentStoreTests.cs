using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;
using static Qwen35Batch.Pipeline.Tests.Extract.Documents.OfficeXml;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

public sealed class DocumentStoreTests : IDisposable
{
    private readonly MediaRig _rig = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_document_is_read_once_and_its_parts_come_from_what_was_stored()
    {
        var path = Word(_rig.Folder["a.docx"], Paragraph("first") + Paragraph("second"));
        var media = await _rig.DescribeAsync(path);
        var stored = Assert.Single(_rig.StoredFiles, file => file.Contains("documents", StringComparison.Ordinal));

        await using (var file = new FileStream(stored, FileMode.Open, FileAccess.Write))
            file.Write("F"u8);
        var part = await _rig.Get<SegmentExtractor>()
            .ExtractAsync(media, new() { Number = 0, Kind = SegmentKind.TextPart }, new(), new(), WaveOutput.Omit, Token);

        Assert.Equal("First\n\nsecond", part.Text);
    }

    [Fact]
    public async Task What_was_stored_and_is_not_whole_is_read_anew()
    {
        var path = Word(_rig.Folder["a.docx"], Paragraph("words"));
        await _rig.DescribeAsync(path);
        var stored = Assert.Single(_rig.StoredFiles, file => file.Contains("documents", StringComparison.Ordinal));
        await File.WriteAllBytesAsync(stored, [1, 2, 3], Token);

        Assert.Equal("words", Assert.Single(await _rig.ExtractAsync(path)).Text);
    }

    [Fact]
    public async Task A_document_of_any_length_is_read_by_its_places()
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(number => $"{number} 𝒳文 "));
        var path = _rig.Folder["a.text"];
        await using (var target = File.Create(path))
            await DocumentFile.WriteAsync(target, text, new() { Notes = [ReadingNote.Gap("n")] });

        using var document = DocumentFile.Open(path);

        Assert.Equal(text.Length, document!.Length);
        Assert.Equal(text.Substring(70_001, 500), document.Read(70_001, 500));
        Assert.Equal([ReadingNote.Gap("n")], document.Result.Notes);
    }

    [Fact]
    public async Task A_reader_that_breaks_off_is_no_document()
    {
        using var rig = new MediaRig(program: new("/bin/sh", ["-c", "printf 'half a'; exit 3"]));

        var exception = await rig.RejectsAsync(rig.Folder.Write("a.html", "<html><p>words</p></html>"));

        Assert.Contains("cannot be read", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_segments_are_planned_from_what_was_read_without_reading_again()
    {
        var path = Word(
            _rig.Folder["a.docx"], string.Concat(Enumerable.Range(0, 3_000).Select(number => Paragraph($"Paragraph {number}"))));

        var parts = await _rig.ExtractAsync(path, new() { TextPartCharacters = 400 });

        Assert.True(parts.Count > 100);
        Assert.Single(_rig.StoredFiles, file => file.Contains("documents", StringComparison.Ordinal));
        Assert.Equal(3_000, parts.Sum(part => part.Text!.Split("Paragraph").Length - 1));
    }
}
