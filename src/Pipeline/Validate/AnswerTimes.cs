using System.Text.Json.Nodes;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Pipeline.Validate;

/// <summary>
/// Checks the times and pages of an answer against what was sent, which no schema can. A time outside the span by no more than half a frame
/// is its edge, and the two ends of a span are put in order: both leave what was said. Anything else is the model's error.
/// </summary>
internal static class AnswerTimes
{
    public static IEnumerable<string> Check(JsonNode answer, TaskQuestion question, Evidence evidence, List<string> notes)
    {
        foreach (var rule in question.Citations)
        {
            foreach (var (pointer, place) in AnswerPlaces.Find(answer, rule.Field))
            {
                foreach (var name in evidence.Span is null ? [] : rule.Times())
                {
                    if (OutOfSpan(place, name, evidence.Span!, evidence.Tolerance) is { } problem)
                        yield return $"At '{JsonPointer.Append(pointer, name)}', {problem}";
                }

                if (Order(place, rule)) notes.Add($"The ends of '{pointer}' were put in order of time.");
                if (PageProblem(place, rule.Page, evidence) is { } wrong)
                    yield return $"At '{JsonPointer.Append(pointer, rule.Page!)}', {wrong}";
            }
        }
    }

    private static string? OutOfSpan(JsonObject place, string name, TimeSpanSeconds span, double tolerance)
    {
        if (AnswerPlaces.Number(place, name) is not { } seconds || (seconds >= span.Start && seconds <= span.End)) return null;
        var edge = seconds < span.Start ? span.Start : span.End;
        if (Math.Abs(seconds - edge) > tolerance)
            return $"{Prompts.Seconds(seconds)} s is outside of what was sent, {Prompts.Span(span.Start, span.End)}.";

        // A whole number stays one: it may be an integer's.
        if (!double.IsInteger(seconds) || double.IsInteger(edge)) place[name] = edge;
        return null;
    }

    private static bool Order(JsonObject place, CitationRule rule)
    {
        if (AnswerPlaces.Number(place, rule.Start) is not { } start || AnswerPlaces.Number(place, rule.End) is not { } end || start <= end)
            return false;
        var (first, last) = (place[rule.Start!]!.DeepClone(), place[rule.End!]!.DeepClone());
        (place[rule.Start!], place[rule.End!]) = (last, first);
        return true;
    }

    private static string? PageProblem(JsonObject place, string? name, Evidence evidence)
    {
        if (AnswerPlaces.Number(place, name) is not { } page) return null;
        var sent = evidence.Insights.Select(insight => insight.Segment.Page).Append(evidence.Segment.Page).OfType<int>().ToList();
        return sent.Any(candidate => candidate == page)
            ? null
            : sent.Count == 0
                ? "no page was sent: null is needed."
                : $"page {page} was not sent; sent were pages {string.Join(", ", sent)}.";
    }
}
