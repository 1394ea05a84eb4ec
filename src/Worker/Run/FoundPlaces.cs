using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Worker.Files;

namespace Qwen35Batch.Worker.Run;

/// <summary>Counts where the fields of insights stand while they are written, and keeps a few to be shown.</summary>
internal sealed class FoundPlaces
{
    private const int MostOfSource = 3;
    private const int MostShown = 15;
    private const int LongestText = 40;

    private readonly Dictionary<string, int> _ofSource = new(StringComparer.Ordinal);

    /// <summary>Fields whose text was found in the media.</summary>
    public int Found { get; private set; }

    /// <summary>Fields whose text was looked for and is nowhere.</summary>
    public int Nowhere { get; private set; }

    /// <summary>Some fields with their places.</summary>
    public List<Row> Rows { get; } = [];

    /// <summary>Passes the insights on.</summary>
    public async IAsyncEnumerable<InsightRecord> WatchAsync(IAsyncEnumerable<InsightRecord> insights)
    {
        await foreach (var insight in insights)
        {
            foreach (var field in insight.Fields)
                Add(insight, field);
            yield return insight;
        }
    }

    /// <summary>
    /// A place in a few words: of the page, line, address or time, and on the picture the upper left corner, from the left and from the
    /// top.
    /// </summary>
    public static string Place(Citation citation)
    {
        var where = citation switch
        {
            { Address: { } address } => address,
            { Lines: [var line, ..] } => Text($"line {line.Line}, characters {line.Start + 1}–{line.End}"),
            { StartSeconds: { } start, EndSeconds: { } end } => Text($"{start:0.0}–{end:0.0} s"),
            { Page: { } page } => Text($"page {page}"),
            _ => "picture",
        };
        return citation.Box is { } box ? Text($"{where} at {box.Left:P0}, {box.Top:P0}") : where;
    }

    private void Add(InsightRecord insight, InsightField field)
    {
        if (field.Grounded == false)
            Nowhere++;
        if (field.Grounded != true || field.Citations is not [var index, ..])
            return;
        Found++;
        var source = Path.GetFileName(insight.Source);
        var shown = _ofSource.GetValueOrDefault(source);
        if (shown == MostOfSource || Rows.Count == MostShown)
            return;
        _ofSource[source] = shown + 1;
        var citation = insight.Citations[index];
        Rows.Add(new(
            Printable.Text(source),
            Printable.Start(field.Pointer, LongestText),
            Printable.Start(citation.Matched ?? "", LongestText),
            Printable.Text(Place(citation)),
            citation.Method is { } method ? JsonSerializer.SerializeToElement(method, InsightFile.Json).GetString()! : "",
            // Cut off and not rounded: what is not certain is not shown as 1.
            field.Probability is { } probability ? Text($"{Math.Floor(probability * 1000) / 1000:0.000}") : "not calibrated"));
    }

    private static string Text(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture).Replace(" %", "%", StringComparison.Ordinal);

    /// <summary>A field as it is shown.</summary>
    /// <param name="Source">The file's name.</param>
    /// <param name="Field">The JSON pointer.</param>
    /// <param name="Matched">What stands there.</param>
    /// <param name="Place">Where.</param>
    /// <param name="Method">How it was found.</param>
    /// <param name="Probability">How sure it is.</param>
    internal sealed record Row(string Source, string Field, string Matched, string Place, string Method, string Probability);
}
