using System.Collections;
using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Pipeline.Grounding.Reading;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>Finds where a value may stand: as a number, as a date, or character by character.</summary>
internal sealed class OccurrenceFinder
{
    // As many as the rows of a long table. Beyond that, which of them it is cannot be said.
    private const int MostFound = 120;
    private const double OfTooMany = 0.9;
    private const double LeastScore = 0.8;

    /// <summary>What fits in another form, or as a part of something longer, is never as sure as what stands for itself.</summary>
    private const double Unsure = 0.94;
    private const double WithoutSign = 0.88;
    private const double OfSymbol = 0.9;
    private const double Part = 0.85;

    // Some hundred milliseconds: a page full of long texts that are nowhere must not hold up the others.
    private const long MostWork = 200_000_000;

    private static readonly Dictionary<string, string[]> Currencies = new()
    {
        ["JPY"] = ["円", "¥", "yen"],
        ["CNY"] = ["元", "¥", "rmb"],
        ["USD"] = ["$", "dollar"],
        ["EUR"] = ["€", "euro"],
        ["GBP"] = ["£", "pound"],
        ["KRW"] = ["₩", "원"],
        ["INR"] = ["₹", "rs"],
        ["CHF"] = ["fr.", "sfr"],
    };

    private readonly IReadOnlyList<FoldedText> _readings;
    // Looked for when a value is asked for that may be one.
    private readonly Lazy<(List<(FoldedText Text, FoundDate Date)> Dates, List<(FoldedText Text, FoundNumber Number)> Numbers)> _found;
    private long _work;

    public OccurrenceFinder(IReadOnlyList<FoldedText> readings)
    {
        _readings = readings;
        _found = new(() => DatesAndNumbers(readings));
    }

    private static (List<(FoldedText Text, FoundDate Date)> Dates, List<(FoldedText Text, FoundNumber Number)> Numbers) DatesAndNumbers(
        IReadOnlyList<FoldedText> readings)
    {
        var allDates = new List<(FoldedText Text, FoundDate Date)>();
        var numbers = new List<(FoldedText Text, FoundNumber Number)>();
        foreach (var text in readings)
        {
            var dates = DateReading.Find(text.Text);
            allDates.AddRange(dates.Select(date => (text, date)));
            // The numbers of a date are its parts, and no values.
            var dated = new BitArray(text.Text.Length);
            foreach (var date in dates)
                for (var at = date.Start; at < date.End; at++) dated[at] = true;
            numbers.AddRange(NumberReading.Find(text.Text)
                .Where(number => !dated[number.Start] || !dated[number.End - 1])
                .Concat(dates.SelectMany(date => YearOf(text.Text, date)))
                .Select(number => (text, number)));
        }

        return (allDates, numbers);
    }

    /// <summary>Of the parts of a date only its year is a value by itself now and then.</summary>
    private static IEnumerable<FoundNumber> YearOf(string text, FoundDate date)
    {
        var year = date.Dates[0].Year;
        var at = text.IndexOf(year.ToString(CultureInfo.InvariantCulture), date.Start, date.End - date.Start, StringComparison.Ordinal);
        return at < 0 ? [] : [new(at, at + 4, [year], IsPart: true)];
    }

    /// <summary>The places of a value; null when there is nothing to look for, or when it was not looked for to the end.</summary>
    public IReadOnlyList<Occurrence>? Find(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
            return Best(Numbers(Values(value), Part));
        var folded = Folding.Fold(value.GetString()!);
        if (folded.Length == 0)
            return null;
        var found = Best(Texts(folded).Concat(Forms(value.GetString()!, folded)));
        if (found.Count > 0)
            return found;
        _work += _readings.Sum(text => TextSearch.Work(text, folded));
        return _work > MostWork ? null : Best(_readings.SelectMany(text => TextSearch.Near(text, folded)
            .Select(place => At(
                text,
                text.PlaceOf(place.Start),
                text.PlaceOf(place.End - 1) + 1,
                Math.Min(Unsure, 1 - ((double)place.Distance / folded.Length))))));
    }

    /// <summary>The places of a text, to the letter.</summary>
    public IReadOnlyList<Occurrence> FindText(string text) => Best(Texts(Folding.Fold(text)));

    private IEnumerable<Occurrence> Texts(string folded) => _readings.SelectMany(text => TextSearch.Exact(text, folded)
        .Select(place => At(text, text.PlaceOf(place.Start), text.PlaceOf(place.End - 1) + 1, place.IsWhole ? 1 : Part)));

    /// <summary>The same date, number or currency in another form.</summary>
    private IEnumerable<Occurrence> Forms(string value, string folded)
    {
        if (DateReading.Whole(folded) is { } date)
        {
            return _found.Value.Dates.Where(found => found.Date.Dates.Contains(date))
                .Select(found => At(found.Text, found.Date.Start, found.Date.End, found.Date.Dates.Count == 1 ? 1 : Unsure));
        }

        if (NumberReading.Whole(folded) is { Count: > 0 } values)
            return Numbers(values, Part).Select(found => found.Score > Unsure && values.Count > 1 ? found with { Score = Unsure } : found);
        return Currencies.GetValueOrDefault(value) is { } symbols
            ? symbols.SelectMany(Texts).Select(found => found with { Score = OfSymbol })
            : [];
    }

    private IEnumerable<Occurrence> Numbers(IReadOnlyList<decimal> values, double part) => _found.Value.Numbers
        .Select(found => (found.Text, found.Number, Score: Fit(found.Number, values, part)))
        .Where(found => found.Score > 0)
        .Select(found => At(found.Text, found.Number.Start, found.Number.End, found.Score));

    private static double Fit(FoundNumber number, IReadOnlyList<decimal> values, double part)
    {
        var score = values.Any(number.Values.Contains) ? number.Values.Count > 1 ? 0.97 : 1
            : values.Any(value => number.Values.Contains(-value)) ? WithoutSign
            : 0;
        return Math.Min(score, number.IsPart ? part : number.IsSpaced ? Unsure : 1);
    }

    private static IReadOnlyList<decimal> Values(JsonElement value) =>
        decimal.TryParse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? [number] : [];

    private static Occurrence At(FoldedText text, int start, int end, double score) => new(text.Slices(start, end), score);

    // The same words found in two orders are one place.
    private static List<Occurrence> Best(IEnumerable<Occurrence> found)
    {
        var places = found.Where(place => place.Score >= LeastScore && place.Slices.Count > 0)
            .OrderByDescending(place => place.Score)
            .DistinctBy(place => (place.Slices[0], place.Slices[^1]))
            .ToList();
        var best = places.Take(MostFound).OrderBy(place => place.First);
        return places.Count <= MostFound ? [.. best] : [.. best.Select(place => place with { Score = Math.Min(place.Score, OfTooMany) })];
    }
}
