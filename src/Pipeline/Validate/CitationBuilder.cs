using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Validate;

/// <summary>Says what an insight rests on. Every citation is made from the evidence, so only what was really sent can be cited.</summary>
internal static class CitationBuilder
{
    /// <param name="insight">The insight.</param>
    /// <param name="question">What was asked.</param>
    /// <param name="evidence">What was sent.</param>
    /// <param name="boxes">The boxes that the model claims for objects of the insight, by their pointers.</param>
    public static IReadOnlyList<Citation> Build(
        JsonElement insight, TaskQuestion question, Evidence evidence, IReadOnlyList<(string Pointer, Box Box)>? boxes = null)
    {
        var answer = JsonNode.Parse(insight.GetRawText())!;
        var sources = evidence.Segment.Kind == SegmentKind.Synthesis
            ? [.. evidence.Insights.Select(CitedSource.OfInsight)]
            : (IReadOnlyList<CitedSource>)[CitedSource.OfSegment(evidence)];
        return
        [
            .. sources.SelectMany(source => evidence.Segment.Kind == SegmentKind.Synthesis ? [source.Whole()] : WithPictures(source)),
            .. question.Citations.SelectMany(
                rule => AnswerPlaces.Find(answer, rule.Field).SelectMany(place => Of(place.Pointer, place.Object, rule, sources))),
            .. Heard(answer, question, evidence, sources),
            .. (boxes ?? []).Select(
                claimed => sources[0].Whole() with { Field = claimed.Pointer, Box = claimed.Box, Method = CitationMethod.Model }),
        ];
    }

    private static IEnumerable<Citation> WithPictures(CitedSource source)
    {
        // A single picture is the whole; several are cited one by one beside it.
        yield return source.Whole();
        if (source.Pictures.Count < 2) yield break;
        foreach (var picture in source.Pictures)
        {
            yield return new()
            {
                Segment = source.Number,
                Page = picture.Page,
                FrameSeconds = picture.Seconds,
                PictureSha256 = picture.Sha256
            };
        }
    }

    private static IEnumerable<Citation> Of(string pointer, JsonObject place, CitationRule rule, IReadOnlyList<CitedSource> sources)
    {
        if (AnswerPlaces.Number(place, rule.Start) is { } start && AnswerPlaces.Number(place, rule.End) is { } end)
        {
            foreach (var source in sources.Where(source => source.Overlaps(start, end)))
                yield return source.Between(pointer, Math.Max(start, source.Start!.Value), Math.Min(end, source.End!.Value));
        }

        if (AnswerPlaces.Number(place, rule.Time) is { } time && sources.FirstOrDefault(source => source.Overlaps(time, time)) is { } at)
            yield return at.Between(pointer, time, time);
        if (AnswerPlaces.Number(place, rule.Page) is { } page && sources.FirstOrDefault(source => source.Page == page) is { } read)
            yield return read.Whole() with { Field = pointer };
    }

    private static IEnumerable<Citation> Heard(
        JsonNode answer, TaskQuestion question, Evidence evidence, IReadOnlyList<CitedSource> sources) =>
        question.Transcript is not { } transcript ? [] : AnswerPlaces.Find(answer, transcript + "/*").Select(place => new Citation
        {
            Field = place.Pointer,
            Segment = sources[0].Number,
            StartSeconds = AnswerPlaces.Number(place.Object, "start"),
            EndSeconds = AnswerPlaces.Number(place.Object, "end"),
            Method = evidence.Transcript is { IsOfSubtitles: true } ? CitationMethod.Subtitle : CitationMethod.Transcript,
        });
}
