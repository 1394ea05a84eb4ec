using System.Globalization;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>The request about one segment of the media: what it is, its pictures, what was measured, and its texts.</summary>
internal static class SegmentRequest
{
    /// <param name="job">The segment.</param>
    /// <param name="task">Its task.</param>
    /// <param name="content">What was extracted.</param>
    /// <param name="transcript">What was said, or null when there is no transcript.</param>
    /// <param name="silence">Why there is no transcript of a sound; null when there is one.</param>
    public static PreparedRequest Build(
        SegmentJob job, AnalysisTask task, ExtractedSegment content, Transcript? transcript, ReadingNote? silence)
    {
        var notes = new List<ReadingNote>();
        if (job is { Segment.Number: 0, Media.Notes: { } whole }) notes.AddRange(whole);
        notes.AddRange(content.Notes);
        var evidence = new Evidence
        {
            Segment = job.Segment,
            Pictures =
            [
                .. content.Pictures.Select(picture => new SentPicture(picture.Sha256, picture.Page ?? job.Segment.Page, picture.Seconds))
            ],
            Span = Span(job, task, content),
            Tolerance = 0.5 / FramesPerSecond(job, task),
            Transcript = transcript,
            Words = content.Words,
            Text = string.IsNullOrWhiteSpace(content.Text) ? null : content.Text,
            Origin = content.Origin,
        };
        var parts = new List<AIContent> { new TextContent(Context(job, content, evidence)) };
        if (CaptureHints.Of(job.Media) is { } capture) parts.Add(new TextContent(capture));
        if (content.Video is { } video) parts.Add(new DataContent(video, "video/mp4"));
        else parts.AddRange(content.Pictures.Select(picture => Picture(job.Segment, picture)));
        if (content.Audio is { } audio) parts.Add(new TextContent(Measured(audio)));
        if (transcript is { Spans.Count: > 0 })
            parts.Add(new TextContent(Said(transcript, task, notes)));
        else if (content.Audio is not null)
            parts.Add(new TextContent(Unheard(transcript, silence, notes)));
        if (ChapterHints.Of(job.Media, evidence.Span) is { } chapters) parts.Add(new TextContent(chapters));
        if (!string.IsNullOrWhiteSpace(content.Context))
            parts.Add(new TextContent(UntrustedText.Fence("Repeated from the parts before: what the text stands under", content.Context)));
        if (!string.IsNullOrWhiteSpace(content.Text))
            parts.Add(new TextContent(UntrustedText.Fence(TextName(job), Limit(content.Text, task, "text", notes))));
        var pages = job.Segment.Page is { } page ? new PageRange(page, page) : null;
        return MessageBuilder.Build(job, task, task.Segment, parts, evidence, pages, notes);
    }

    private static double FramesPerSecond(SegmentJob job, AnalysisTask task) => job.Options.FramesPerSecond ?? task.Media.FramesPerSecond;

    /// <summary>The time that was really sent: a video that breaks off early ends with its last frame, unless its sound goes on.</summary>
    private static TimeSpanSeconds? Span(SegmentJob job, AnalysisTask task, ExtractedSegment content)
    {
        if (job.Segment is not { StartSeconds: { } start, EndSeconds: { } end }) return null;
        var last = content.Pictures.Max(picture => picture.Seconds);
        return last is null || content.Audio is not null
            ? new(start, end)
            : new(start, Math.Clamp(last.Value + (1 / FramesPerSecond(job, task)), start, end));
    }

    private static DataContent Picture(SegmentReference segment, Picture picture)
    {
        var part = new DataContent(picture.Pixmap, ClipFrame.PixmapMediaType);
        if (picture.Seconds is { } seconds)
        {
            part.AdditionalProperties = new()
            {
                [ClipFrame.Clip] = string.Create(CultureInfo.InvariantCulture, $"clip-{segment.Number}"),
                [ClipFrame.Seconds] = seconds
            };
        }
        else if (segment.Page is { } page)
        {
            part.AdditionalProperties = new() { [ClipFrame.Page] = page };
        }

        return part;
    }

    private static string Context(SegmentJob job, ExtractedSegment content, Evidence evidence)
    {
        var pictures = content.Pictures.Count;
        return job.Segment switch
        {
            { Kind: SegmentKind.Page, Page: { } page } =>
                $"This is page {page}{(job.Media.PageCount is { } count ? $" of {count}" : "")} of a "
                    + $"document{PageForm(content)}.",
            { Kind: SegmentKind.Clip } =>
                $"This is the clip {Prompts.Span(evidence.Span!.Start, evidence.Span.End)} of a video{Length(job)}, as {Form(content)} "
                + "All times are in seconds from the start of the video.",
            { Kind: SegmentKind.AudioSpan } =>
                $"This is the span {Prompts.Span(evidence.Span!.Start, evidence.Span.End)} of a sound recording{Length(job)}. All times "
                    + $"are in seconds from its start.",
            { Kind: SegmentKind.TextPart } when job.Media.Kind == MediaKind.Office =>
                $"This is part {job.Segment.Number + 1} of a "
                + $"document{(pictures == 0 ? "" : $", with {pictures} pictures that are embedded in it")}.",
            { Kind: SegmentKind.TextPart } when job.Media.Kind == MediaKind.Pdf =>
                "This is what a PDF holds beside its pages: the data of its form, or files that are attached to it.",
            { Kind: SegmentKind.TextPart } => $"This is part {job.Segment.Number + 1} of a text.",
            _ => "This is a picture.",
        };
    }

    private static string PageForm(ExtractedSegment content) => content switch
    {
        { Text: null } => "",
        { Pictures.Count: 0 } => ": the text layer of the page, which could not be drawn",
        _ => ": its picture, then the text layer of the page",
    };

    private static string Form(ExtractedSegment content) => content.Video is null
        ? $"{content.Pictures.Count} frames with their times."
        : $"a video of its own of {content.Pictures.Count} frames, whose first is from {Prompts.Seconds(content.Pictures[0].Seconds ?? 0)} "
            + $"s of the whole.";

    private static string Length(SegmentJob job) => job.Media.DurationSeconds is { } seconds ? $" of {Prompts.Seconds(seconds)} s" : "";

    private static string TextName(SegmentJob job) => job.Segment.Kind == SegmentKind.Page ? "Text layer of the page" : "Text";

    private static string Measured(AudioMeasures audio)
    {
        var loudness = audio.LoudnessLufs is { } measured
            ? measured.ToString("0.0", CultureInfo.InvariantCulture) + " LUFS"
            : "none, it is silent";
        return $"Measured of the sound: loudness {loudness}; silence at {Prompts.Spans(audio.Silence)}; "
            + $"probably speech at {Prompts.Spans(audio.Speech)}.";
    }

    private static string Said(Transcript transcript, AnalysisTask task, List<ReadingNote> notes)
    {
        if (transcript.IsOfSubtitles)
        {
            var language = transcript.Language is { } tag ? $" ({tag})" : "";
            notes.Add(ReadingNote.Information($"The transcript is what the file's own subtitles{language} say."));
        }

        var what = transcript.IsOfSubtitles ? "Subtitles of the video, as the file has them" : "Transcript of the sound";
        return UntrustedText.Fence(what, Limit(Lines(transcript), task, "transcript", notes));
    }

    private static string Unheard(Transcript? transcript, ReadingNote? silence, List<ReadingNote> notes)
    {
        if (transcript is not null) return "The transcription heard no speech in this span.";
        if (silence is not null) notes.Add(silence);
        return "There is no transcript of the sound: only what was measured is known of it. Do not guess what was said.";
    }

    private static string Lines(Transcript transcript) =>
        string.Join('\n', transcript.Spans.Select(span => $"[{Prompts.Span(span.Start, span.End)}] {span.Text}"));

    private static string Limit(string text, AnalysisTask task, string what, List<ReadingNote> notes)
    {
        if (text.Length <= task.Media.TextPartCharacters) return text;
        notes.Add(ReadingNote.Gap($"Of the {what}'s {text.Length} characters, the first {task.Media.TextPartCharacters} were sent."));
        return Prompts.Cut(text, task.Media.TextPartCharacters);
    }
}
