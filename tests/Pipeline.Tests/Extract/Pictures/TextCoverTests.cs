using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Pictures;

/// <summary>A text layer of a few words says nothing of a page that is mostly a picture.</summary>
public sealed class TextCoverTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("0 g 20 20 200 60 re f", false)]
    [InlineData("0 g 20 20 200 60 re f 0.9 g 30 30 20 20 re f", false)]
    [InlineData("0 g 20 20 1 60 re f", true)]
    [InlineData("", true)]
    public async Task A_stamp_on_a_scan_is_not_all_that_stands_there_and_a_line_beside_text_is_nothing(string drawn, bool isWhole)
    {
        var pdf = PdfFile.Of(
            "/MediaBox [0 0 300 200]",
            [("", System.Text.Encoding.ASCII.GetBytes($"{drawn} BT /F1 18 Tf 20 150 Td (Scanned 7 May) Tj ET"))]);

        var page = Assert.Single(await _rig.ExtractAsync(_rig.Folder.Write("page.pdf", pdf)));

        Assert.Equal(isWhole, page.Words!.IsWhole);
    }

    [Fact]
    public void On_a_dark_ground_light_letters_are_what_is_shown()
    {
        var pixels = new byte[100 * 50 * 3];
        for (var x = 30; x < 150; x++) pixels.AsSpan(((20 * 100 * 3) + x), 1).Fill(255);
        var picture = Pixmap.FromPixels(pixels, 100, 50);

        Assert.False(TextCover.IsSmall(picture, Word(new(0.1, 0.35, 0.4, 0.1))));
        Assert.True(TextCover.IsSmall(picture, Word(new(0.1, 0.8, 0.4, 0.1))));
    }

    private static PageWords Word(Box box) => new([new("word", box, 0)], CitationMethod.TextLayer, IsWhole: true);
}
