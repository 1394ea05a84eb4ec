using System.Globalization;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>A chart as a table of its series and the values that it last showed.</summary>
internal static class ChartText
{
    private const int MaxPoints = 5_000;
    private const int MaxSeries = 100;

    /// <summary>Adds a chart.</summary>
    /// <param name="chartSpace">The root of the chart's part, of the older or the newer kind.</param>
    /// <param name="text">Where it goes.</param>
    public static void Add(XElement chartSpace, DocumentText text)
    {
        var chart = chartSpace.Child("chart");
        var title = Title(chart.Child("title"));
        var series = chart.All("ser").Take(MaxSeries).Select(Series)
            .Concat(chartSpace.All("data").Take(MaxSeries).Select(NewerSeries))
            .Where(each => each.Values.Count > 0).ToList();
        if (series.Count == 0)
        {
            text.Missed("charts without stored values", title);
            return;
        }

        if (chart.All("ser").Skip(MaxSeries).Any() || chartSpace.All("data").Skip(MaxSeries).Any())
            text.Missed(FormattableString.Invariant($"charts with more than {MaxSeries} series, beyond those"), title);
        if (chart.All("pt").Any(point => int.TryParse(point.Att("idx"), CultureInfo.InvariantCulture, out var index) && index >= MaxPoints))
            text.Missed(FormattableString.Invariant($"charts with more than {MaxPoints} points, beyond those"), title);
        text.Remark("Charts were read as tables of the values that they last showed.");
        var plot = chart.Child(
            "plotArea")?.Elements().FirstOrDefault(each => each.Name.LocalName.EndsWith("Chart", StringComparison.Ordinal))?.Name.LocalName;
        text.Paragraph($"Chart{(plot is null ? "" : $" ({plot[..^"Chart".Length]})")}{(title.Length == 0 ? "" : $": {title}")}");
        foreach (var axis in chart.Child("plotArea")?.Elements().Where(each => each.Name.LocalName.EndsWith("Ax", StringComparison.Ordinal))
            ?? [])
        {
            if (Title(axis.Child("title")) is { Length: > 0 } name)
                text.Paragraph($"Axis: {name}");
        }

        var number = 0;
        text.Row(
            [
                "",
                .. series.Select(
                    each => { number++; return each.Name.Length > 0 ? each.Name : FormattableString.Invariant($"Series {number}"); })
            ],
            isFirst: true);
        var rows = series.Max(each => each.Values.Count == 0 ? 0 : each.Values.Keys.Max() + 1);
        for (var row = 0; row < Math.Min(rows, MaxPoints); row++)
        {
            var category = series.Select(each => each.Categories.GetValueOrDefault(row)).FirstOrDefault(each => each is not null);
            if (category is null && series.All(each => !each.Values.ContainsKey(row)))
                continue;
            text.Row(
                [
                    category ?? (row + 1).ToString(CultureInfo.InvariantCulture),
                    .. series.Select(each => each.Values.GetValueOrDefault(row, ""))
                ],
                isFirst: false);
        }

        text.EndTable();
    }

    private static (string Name, Dictionary<int, string> Categories, Dictionary<int, string> Values) Series(XElement series) => (
        string.Join(' ', series.Child("tx").All("v").Select(value => value.Value)),
        Points(series.Child("cat") ?? series.Child("xVal")),
        Points(series.Child("val") ?? series.Child("yVal")));

    // Waterfall, treemap, histogram and the like: dimensions of strings and of numbers.
    private static (string Name, Dictionary<int, string> Categories, Dictionary<int, string> Values) NewerSeries(XElement data) =>
        ("", Points(data.Child("strDim")), Points(data.Child("numDim")));

    private static Dictionary<int, string> Points(XElement? source)
    {
        var points = new Dictionary<int, string>();
        if (source is null)
            return points;
        // Of categories on several levels, the outer ones come later: "Q1 2025".
        foreach (var point in source.All("pt"))
        {
            if (!int.TryParse(point.Att("idx"), CultureInfo.InvariantCulture, out var index) || index is < 0 or >= MaxPoints)
                continue;
            var format = point.Att("formatCode") ?? point.Parent.Child("formatCode")?.Value ?? point.Parent!.Att("formatCode");
            var value = point.Child("v")?.Value ?? point.Value;
            var shown = format is null ? value : CellFormat.Of(format).Show(value, is1904: false);
            points[index] = points.TryGetValue(index, out var inner) ? $"{inner} {shown}" : shown;
        }

        return points;
    }

    private static string Title(XElement? title) =>
        title is null ? "" : string.Concat(title.All("t").Concat(title.All("v")).Select(run => run.Value)).Trim();
}
