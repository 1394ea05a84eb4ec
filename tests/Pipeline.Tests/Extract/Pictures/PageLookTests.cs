using System.Text;
using NetVips;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Pictures;

/// <summary>Scans and photographs of pages, and what only looks a little like one.</summary>
public sealed class PageLookTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public static TheoryData<string> Pages => ["scan", "grey scan", "askew on a table", "noisy fax", "half a page", "receipt"];

    public static TheoryData<string> Others =>
        ["landscape", "sky over trees", "dark screen", "drawing", "blank sheet", "noise", "shade", "portrait of a thing"];

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_one(string kind) => Assert.True(await IsPageAsync(kind));

    [Theory]
    [MemberData(nameof(Others))]
    public async Task What_is_no_page_is_none(string kind) => Assert.False(await IsPageAsync(kind));

    [Theory]
    [InlineData("shapes.jpg")]
    [InlineData("whiteboard.png")]
    public async Task Samples_that_are_no_pages_are_none(string sample)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Qwen35Batch.sln"))) folder = folder.Parent;

        Assert.False(await LookAsync(await File.ReadAllBytesAsync(
            Path.Combine(folder.FullName, "samples", sample), TestContext.Current.CancellationToken)));
    }

    private async Task<bool> IsPageAsync(string kind)
    {
        using var page = await PageAsync(lines: 40, width: 595, height: 842);
        using var picture = kind switch
        {
            "scan" => page.Copy(),
            "grey scan" => page.Linear([0.6], [50]),
            "askew on a table" => OnTable(page),
            "noisy fax" => Image.Gaussnoise(page.Width, page.Height, sigma: 12, mean: 0) + page,
            "half a page" => await PageAsync(lines: 16, width: 595, height: 842),
            "receipt" => await PageAsync(lines: 40, width: 260, height: 842),
            "landscape" => await PageAsync(lines: 20, width: 842, height: 595),
            "sky over trees" => Sky(600, 800),
            "dark screen" => page.Invert(),
            "drawing" => Drawing(600, 800),
            "blank sheet" => await PageAsync(lines: 0, width: 595, height: 842),
            "noise" => Image.Gaussnoise(600, 800, sigma: 60, mean: 128),
            "shade" => Image.Grey(600, 800) * 255,
            "portrait of a thing" => Thing(600, 800),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        using var bytes = picture.Cast(Enums.BandFormat.Uchar);
        return await LookAsync(bytes.PngsaveBuffer());
    }

    private async Task<bool> LookAsync(byte[] picture)
    {
        var path = _rig.Folder.Write("picture.bin", picture);
        var read = Assert.Single(await _rig.ExtractAsync(path, new() { MaxPicturePixels = PageLook.Pixels }));
        Assert.Equal(MediaKind.Image, (await _rig.DescribeAsync(path)).Kind);
        return PageLook.IsPage(Assert.Single(read.Pictures));
    }

    /// <summary>A page of printed lines, as poppler draws it, in grey.</summary>
    private async Task<Image> PageAsync(int lines, int width, int height)
    {
        var drawing = new StringBuilder("BT /F1 11 Tf 14 TL\n").Append($"40 {height - 60} Td\n");
        for (var line = 0; line < lines; line++)
            drawing.Append($"(Position {line} of this invoice: {line * 7} pieces at {line}.50 EUR) Tj T*\n");
        var content = Encoding.ASCII.GetBytes(drawing.Append("ET").ToString());
        var path = _rig.Folder.Write(
            $"{lines}-{width}.pdf", PdfFile.Of($"/MediaBox [0 0 {width} {height}]", [("", content)]));
        var page = Assert.Single(await _rig.ExtractAsync(path, new() { MaxPicturePixels = width * height * 3 }));
        var drawn = page.Pictures[0];
        using var colours = Image.NewFromMemoryCopy(
            drawn.Pixmap.Span[^(drawn.Width * drawn.Height * 3)..].ToArray(), drawn.Width, drawn.Height, 3, Enums.BandFormat.Uchar);
        using var marked = colours.Copy(interpretation: Enums.Interpretation.Srgb);
        using var grey = marked.Colourspace(Enums.Interpretation.Bw);
        return grey.CopyMemory();
    }

    private static Image OnTable(Image page)
    {
        using var turned = page.Rotate(2, background: [130]);
        using var dim = turned.Linear([0.8], [5]);
        return dim.Embed(30, 30, turned.Width + 60, turned.Height + 60, extend: Enums.Extend.Background, background: [109]);
    }

    private static Image Sky(int width, int height)
    {
        using var sky = Image.Black(width, height * 2 / 3) + 240;
        using var trees = Image.Gaussnoise(width, height - sky.Height, sigma: 70, mean: 110);
        return sky.Join(trees, Enums.Direction.Vertical);
    }

    private static Image Drawing(int width, int height)
    {
        var drawing = Image.Black(width, height) + 255;
        return drawing.Mutate(canvas =>
        {
            for (var box = 0; box < 6; box++) canvas.DrawRect([0], 80 + (box % 2 * 260), 80 + (box / 2 * 220), 160, 120);
        });
    }

    private static Image Thing(int width, int height)
    {
        var ground = Image.Black(width, height) + 235;
        return ground.Mutate(canvas => canvas.DrawCircle([60], width / 2, height / 2, width / 3, fill: true));
    }
}
