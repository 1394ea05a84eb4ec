using System.Globalization;
using System.Text;
using CliWrap;
using Microsoft.Extensions.Options;
using NetVips;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>Reads the words of a picture with Tesseract, in a limited child.</summary>
internal sealed class TesseractReader(ToolRunner runner, IOptions<ExtractOptions> extract, IOptions<ToolOptions> tools)
{
    private const string Tool = "tesseract";

    private const int MostBytes = 4 << 20;
    private const int MostWords = 20_000;
    private const int Small = 1_000;

    // Below this certainty in per cent, what is read is mostly dirt.
    private const double LeastCertain = 30;

    // level page block paragraph line word left top width height certainty text
    private const int Columns = 12;
    private const string WordLevel = "5";

    /// <summary>Whether it is switched on.</summary>
    public bool IsOn => extract.Value.Ocr == OcrEngine.Tesseract;

    /// <summary>Reads the words.</summary>
    /// <returns>Null words when there are none, and what a reader must know.</returns>
    public async Task<(PageWords? Words, string? Note)> ReadAsync(Picture picture, CancellationToken cancellationToken)
    {
        if (ToolFolder.Find(Tool, tools.Value.ToolFolder) is null)
            return (null, $"The places of the fields are not known: {ToolFolder.HowToInstall(Tool)}");
        var output = new OutputBuffer(MostBytes);
        var large = Readable(picture);
        try
        {
            var result = await runner.RunAsync(
                new()
                {
                    Tool = Tool,
                    Arguments = ["stdin", "stdout", "-l", extract.Value.OcrLanguages, "--psm", "3", "tsv"],
                    Deadline = extract.Value.PageDeadline,
                    Subject = picture.Page is { } page ? FormattableString.Invariant($"Page {page}") : "The picture",
                    Input = PipeSource.FromBytes(large.Pixmap),
                    InputName = large.Sha256,
                    Output = output.Target,
                    Variables = new Dictionary<string, string?> { ["OMP_THREAD_LIMIT"] = "1" },
                },
                cancellationToken).ConfigureAwait(false);
            return result.ExitCode == 0
                ? (Parse(Encoding.UTF8.GetString(output.Bytes.Span), large, output.HasOverflowed), null)
                : (null, $"Tesseract could not read the words ({result.Messages.Split('\n')[0].Trim()}): "
                    + "install the languages of Extract:OcrLanguages.");
        }
        catch (MediaRejectedException failed)
        {
            // The model reads the picture all the same.
            return (null, $"The places of the fields are not known: {failed.Message}");
        }
    }

    /// <summary>The words of Tesseract's table.</summary>
    /// <param name="table">Lines of twelve columns, separated by tabs.</param>
    /// <param name="picture">What was read.</param>
    /// <param name="isCut">Whether the table goes on.</param>
    public static PageWords? Parse(string table, Picture picture, bool isCut)
    {
        var words = new List<PageWord>();
        var lines = new Dictionary<(string, string, string), int>();
        foreach (var row in table.Split('\n').Select(line => line.Split('\t')))
        {
            if (row.Length != Columns || row[0] != WordLevel || words.Count == MostWords || row[11].Trim() is not { Length: > 0 } text
                || Number(row[10]) is not >= LeastCertain
                || Number(row[6]) is not { } left || Number(row[7]) is not { } top
                || Number(row[8]) is not > 0 || Number(row[9]) is not > 0
                || left < 0 || top < 0 || left >= picture.Width || top >= picture.Height)
            {
                continue;
            }

            var line = (row[2], row[3], row[4]);
            lines.TryAdd(line, lines.Count);
            words.Add(new(text, Place(picture, left, top, Number(row[8])!.Value, Number(row[9])!.Value), lines[line]));
        }

        return words.Count == 0 ? null : new(words, CitationMethod.Ocr, !isCut && words.Count < MostWords);
    }

    // Letters of a few pixels are not told apart; twice as large, they are.
    private static Picture Readable(Picture picture)
    {
        if (Math.Max(picture.Width, picture.Height) >= Small)
            return picture;
        var pixels = picture.Pixmap[^(picture.Width * picture.Height * 3)..].ToArray();
        using var image = Image.NewFromMemory(pixels, picture.Width, picture.Height, 3, Enums.BandFormat.Uchar);
        using var large = image.Resize(2, kernel: Enums.Kernel.Cubic);
        return Pixmap.FromPixels(large.WriteToMemory<byte>(), large.Width, large.Height) with { Page = picture.Page };
    }

    private static Box Place(Picture picture, double left, double top, double width, double height) => new(
        left / picture.Width,
        top / picture.Height,
        Math.Min(width, picture.Width - left) / picture.Width,
        Math.Min(height, picture.Height - top) / picture.Height);

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
