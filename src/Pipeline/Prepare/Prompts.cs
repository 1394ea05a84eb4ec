using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>How things are said in prompts and notes.</summary>
internal static class Prompts
{
    /// <summary>Compact, and other scripts than Latin as they are: an escape costs a model six tokens.</summary>
    public static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Seconds(double value) => value.ToString("0.0##", CultureInfo.InvariantCulture);

    public static string Span(double start, double end) => $"{Seconds(start)}–{Seconds(end)} s";

    public static string Spans(IReadOnlyList<TimeSpanSeconds> spans)
    {
        const int most = 60;
        var named = string.Join(", ", spans.Take(most).Select(span => Span(span.Start, span.End)));
        return spans.Count == 0 ? "none" : spans.Count > most ? $"{named} and {spans.Count - most} more" : named;
    }

    public static string Name(SegmentReference segment) => segment switch
    {
        { Kind: SegmentKind.Page, Page: { } page } => $"page {page}",
        { Kind: SegmentKind.Clip, StartSeconds: { } start, EndSeconds: { } end } => $"clip {Span(start, end)}",
        { Kind: SegmentKind.AudioSpan, StartSeconds: { } start, EndSeconds: { } end } => $"sound {Span(start, end)}",
        { Kind: SegmentKind.TextPart } => $"part {segment.Number + 1}",
        { Kind: SegmentKind.Image } => $"picture {segment.Number + 1}",
        _ => $"segment {segment.Number}",
    };

    /// <summary>A text of at most so many UTF-16 units, without a broken character at its end.</summary>
    public static string Cut(string text, int characters) =>
        text.Length <= characters ? text
        : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[characters - 1]) ? characters - 1 : characters), "…");
}
