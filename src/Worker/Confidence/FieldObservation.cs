using System.Text.Json;
using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Worker.Confidence;

/// <summary>One field as a calibration sees it: what is known of it without knowing whether it is right.</summary>
/// <param name="Pointer">Which field of the insight.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Features">In the order of <see cref="Names"/>; always as many.</param>
internal sealed record FieldObservation(string Pointer, FieldKind Kind, IReadOnlyList<double> Features)
{
    /// <summary>
    /// What is measured of a field, in the order of its features. An error goes on in what is written after it (a row that was left out,
    /// two that were exchanged), while the model is sure of each word that follows: so the doubts about the rest of the insight count,
    /// too. A change of this list makes the stored calibrations useless, and they are not used then.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "least", "margin", "choices", "least before in the list", "least elsewhere", "found", "not found", "text layer", "text", "number",
        "date", "list", "read again alike", "read again otherwise",
    ];

    // What a float can tell from 1, and from 0.
    private const double Edge = 1e-6;
    private const double WidestMargin = 20;

    /// <summary>The fields of an insight that have evidence: the model's probabilities, of a choice that it had.</summary>
    /// <param name="insight">The insight.</param>
    /// <param name="fields">All its fields.</param>
    public static IReadOnlyList<FieldObservation> Of(JsonElement insight, IReadOnlyList<InsightField> fields)
    {
        var hasText = fields.Any(field => field.Grounded is not null) ? 1.0 : 0;
        var evident = fields.Where(field => field.Signals?.LeastProbability is not null).ToList();
        var leasts = evident.ConvertAll(field => Logit(field.Signals!.LeastProbability!.Value));
        // How sure a list's end is says nothing of its elements that they do not say themselves.
        var lowest = leasts.Where((_, index) => !IsList(evident[index])).Order().Take(2).ToList();
        var inLists = new Dictionary<string, double>(StringComparer.Ordinal);
        return [.. evident.Select((field, index) => Observe(field, leasts[index]))];

        FieldObservation Observe(InsightField field, double least)
        {
            var kind = FieldKinds.Of(FieldPointer.Value(insight, field.Pointer));
            var list = List(field.Pointer);
            var before = inLists.GetValueOrDefault(list, Logit(1));
            inLists[list] = Math.Min(before, least);
            var isLowest = kind != FieldKind.List && least <= lowest[0];
            var elsewhere = lowest.Skip(isLowest ? 1 : 0).FirstOrDefault(Logit(1));
            var signals = field.Signals!;
            return new(field.Pointer, kind, [
                least,
                Math.Min(signals.SmallestMargin ?? WidestMargin, WidestMargin),
                Math.Log(1 + signals.Choices),
                before,
                elsewhere,
                field.Grounded is true ? 1 : 0,
                field.Grounded is false ? 1 : 0,
                hasText,
                kind == FieldKind.Text ? 1 : 0,
                kind == FieldKind.Number ? 1 : 0,
                kind == FieldKind.Date ? 1 : 0,
                kind == FieldKind.List ? 1 : 0,
                signals.Agreement is true ? 1 : 0,
                signals.Agreement is false ? 1 : 0,
            ]);
        }

        bool IsList(InsightField field) => FieldPointer.Value(insight, field.Pointer).ValueKind == JsonValueKind.Array;
    }

    private static double Logit(double probability)
    {
        var inside = Math.Clamp(probability, Edge, 1 - Edge);
        return Math.Log(inside / (1 - inside));
    }

    /// <summary>The member of the insight that a field stands in.</summary>
    private static string List(string pointer) => FieldPointer.Names(pointer).FirstOrDefault() ?? "";
}
