using System.Text.Json;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>
/// Finds where the text of each field stands in what was sent, whatever the model says of it: the places become citations, and a field
/// whose text is nowhere is marked.
/// </summary>
internal static class FieldGrounding
{
    private const int ScoreDecimals = 3;
    private const int LongestMatched = 1_000;

    // A text as long as this that is nowhere is probably a summary: that it is not there says nothing.
    private const int LongestValue = 160;

    /// <summary>Grounds an insight.</summary>
    /// <param name="insight">Valid against the question's schema.</param>
    /// <param name="question">What was asked.</param>
    /// <param name="evidence">What was sent.</param>
    /// <param name="citations">What the insight rests on as a whole and by the times and pages that it names.</param>
    public static GroundedInsight Of(JsonElement insight, TaskQuestion question, Evidence evidence, IReadOnlyList<Citation> citations)
    {
        var scalars = ScalarFields.Of(insight, question);
        var places = Places(scalars, evidence);
        var all = citations.ToList();
        var fields = new List<InsightField>(scalars.Count);
        for (var at = 0; at < scalars.Count; at++)
        {
            var own = new List<int>();
            foreach (var citation in places[at].Citations)
            {
                own.Add(all.Count);
                all.Add(citation with { Field = scalars[at].Pointer });
            }

            own.AddRange(Named(citations, scalars[at].Pointer));
            fields.Add(new() { Pointer = scalars[at].Pointer, Grounded = places[at].IsFound, Citations = own });
        }

        return new(all, fields);
    }

    private static IReadOnlyList<(bool? IsFound, IReadOnlyList<Citation> Citations)> Places(
        IReadOnlyList<ScalarField> scalars, Evidence evidence)
    {
        if (Ground.Of(evidence) is not { } ground)
            return [.. scalars.Select(_ => ((bool?)null, (IReadOnlyList<Citation>)[]))];
        var finder = new OccurrenceFinder(ground.Readings);
        var found = scalars.Select(field => field.IsLookedFor ? finder.Find(field.Value) : null).ToList();
        var chosen = new FieldAssignment(ground, finder).Assign([.. scalars.Zip(found, (field, places) => (field, places ?? []))]);
        return [.. chosen.Select((place, at) => place is null
            ? (IsMissed(at) ? false : (bool?)null, (IReadOnlyList<Citation>)[])
            : (true, Cite(ground, place)))];

        bool IsMissed(int at) => found[at] is not null && ground.IsWhole && !IsLong(scalars[at].Value);
    }

    private static IReadOnlyList<Citation> Cite(Ground ground, Occurrence place) =>
    [
        .. ground.CiteAll(place.Slices).Select(part => part.Citation with
        {
            Matched = Matched(ground.Matched(part.Slices)),
            Score = Math.Round(place.Score, ScoreDecimals),
        })
    ];

    private static string Matched(string words) => words.Length <= LongestMatched ? words : Prompts.Cut(words, LongestMatched);

    private static bool IsLong(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString()!.Length > LongestValue;

    /// <summary>The citations of the times and pages that the answer names for a field, or for the object that it belongs to.</summary>
    private static IEnumerable<int> Named(IReadOnlyList<Citation> citations, string pointer) => Enumerable.Range(0, citations.Count)
        .Where(index => citations[index].Field is { Length: > 0 } field
            && (pointer == field || (pointer.StartsWith(field, StringComparison.Ordinal) && pointer[field.Length] == '/')));
}
