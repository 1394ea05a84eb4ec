using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Extract.Documents.Runs;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Extract.Sound;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Extract;

/// <summary>Takes one segment out of a stored media item, ready to be put into a message.</summary>
internal sealed class SegmentExtractor(
    MediaStore store,
    PictureReader pictures,
    TesseractReader tesseract,
    ClipRuns clips,
    ClipEncoder encoder,
    IOptions<EndpointOptions> endpoint,
    SubtitleReader subtitles,
    SoundReader sounds,
    PdfPages pdf,
    PdfAnnotationReader annotations,
    DocumentReader documents)
{
    private const int ManyWords = 40;

    /// <summary>Extracts a segment. What it cannot get completely, it says in <see cref="ExtractedSegment.Notes"/>.</summary>
    /// <param name="media">The media item.</param>
    /// <param name="segment">One of its segments as <see cref="SegmentPlanner"/> made it; not the synthesis.</param>
    /// <param name="settings">The task's settings: the same as for the plan.</param>
    /// <param name="options">What the submitter changed: the same as for the plan.</param>
    /// <param name="wave">Whether the sound itself is wanted, for a transcription.</param>
    /// <param name="cancellationToken">Stops the tools.</param>
    /// <exception cref="MediaRejectedException">The segment can never be read; the detail names the segment, not the source.</exception>
    /// <exception cref="ResourceUnavailableException">The stored file or a tool is missing.</exception>
    public async Task<ExtractedSegment> ExtractAsync(
        MediaDescription media,
        SegmentReference segment,
        MediaSettings settings,
        JobOptions options,
        WaveOutput wave,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(media);
        ArgumentNullException.ThrowIfNull(segment);
        var path = store.RequirePathOf(media.Sha256);
        return segment.Kind switch
        {
            SegmentKind.Image or SegmentKind.Page when media.Kind == MediaKind.Image => await WithWordsAsync(
                await pictures.ReadAsync(path, media, segment.Page, settings.MaxPicturePixels, cancellationToken).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false),
            SegmentKind.Page => await WithWordsAsync(
                await PageAsync(path, media, segment.Page!.Value, settings, options, cancellationToken).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false),
            SegmentKind.Clip => await ClipAsync(path, media, segment, settings, options, wave, cancellationToken).ConfigureAwait(false),
            SegmentKind.AudioSpan => await SoundAsync(path, media, Span(segment), options, wave, cancellationToken).ConfigureAwait(false),
            SegmentKind.TextPart =>
                await documents.ReadPartAsync(
                    path, media, segment.Number - SegmentPlanner.FirstPart(media, options), settings, cancellationToken)
                    .ConfigureAwait(false),
            _ => throw new ArgumentException($"A {segment.Kind} segment has no media of its own.", nameof(segment)),
        };
    }

    /// <summary>What a synthesis must know of the media beside the insights of its segments: the headings and tables of a
    /// document.</summary>
    public async Task<ExtractedSegment> OutlineAsync(MediaDescription media, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(media);
        var path = store.PathOf(media.Sha256);
        // The insights alone do, when the media is no longer there.
        return media.Kind is MediaKind.Office or MediaKind.Text && store.Has(media.Sha256)
            ? new() { Context = await documents.ReadOutlineAsync(path, media, cancellationToken).ConfigureAwait(false) }
            : new();
    }

    private static int LastPage(MediaDescription media, JobOptions options) =>
        Math.Min(media.PageCount ?? 1, options.MaxPages ?? int.MaxValue);

    private async Task<ExtractedSegment> PageAsync(
        string path, MediaDescription media, int page, MediaSettings settings, JobOptions options, CancellationToken cancellationToken)
    {
        var read = await pdf.ReadAsync(path, page, LastPage(media, options), settings, cancellationToken).ConfigureAwait(false);
        return media.HasAnnotations
            ? await annotations.AddAsync(path, page, settings, read, cancellationToken).ConfigureAwait(false)
            : read;
    }

    // A page's own text is what stands there; words that were recognised are a guess. A few of its own may be the stamp of a scan.
    private async Task<ExtractedSegment> WithWordsAsync(ExtractedSegment read, CancellationToken cancellationToken)
    {
        if (read.Words?.Words.Count >= ManyWords || read.Pictures is not [var picture])
            return read;
        if (!tesseract.IsOn)
        {
            // What is not among the few words may stand in the picture that they are on.
            return read.Words is { } few && TextCover.IsSmall(picture, few) ? read with { Words = few with { IsWhole = false } } : read;
        }

        var (words, note) = await tesseract.ReadAsync(picture, cancellationToken).ConfigureAwait(false);
        var all = read.Words is { } own && words is not null ? own.With(words) : read.Words ?? words;
        return read with { Words = all, Notes = note is null ? read.Notes : [.. read.Notes, ReadingNote.Information(note)] };
    }

    private async Task<ExtractedSegment> ClipAsync(
        string path,
        MediaDescription media,
        SegmentReference segment,
        MediaSettings settings,
        JobOptions options,
        WaveOutput wave,
        CancellationToken cancellationToken)
    {
        var span = Span(segment);
        var fps = SegmentPlanner.FramesPerSecond(settings, options);
        var (all, number) = Clips(media, segment, settings, options);
        var frames = await clips.ReadAsync(path, media, all, number, fps, settings.MaxFramePixels, cancellationToken).ConfigureAwait(false);
        if (endpoint.Value.Video == VideoForm.Native)
            frames = frames with { Video = await encoder.EncodeAsync(frames.Pictures, span, fps, cancellationToken).ConfigureAwait(false) };
        var sound = await SoundAsync(path, media, span, options, wave, cancellationToken).ConfigureAwait(false);
        return frames with
        {
            Audio = sound.Audio,
            AudioWave = sound.AudioWave,
            Subtitles = sound.Subtitles,
            Notes = [.. frames.Notes, .. sound.Notes],
        };
    }

    // Those of the plan; a segment that was planned otherwise is a clip of its own.
    private static (IReadOnlyList<TimeSpanSeconds> All, int Number) Clips(
        MediaDescription media, SegmentReference segment, MediaSettings settings, JobOptions options)
    {
        var plan = SegmentPlanner.Plan(media, settings, options);
        return segment.Number < plan.Count && plan[segment.Number] == segment
            ? ([.. plan.Select(Span)], segment.Number)
            : ([Span(segment)], 0);
    }

    // What the file itself says was spoken needs no transcription.
    private async Task<ExtractedSegment> SoundAsync(
        string path, MediaDescription media, TimeSpanSeconds span, JobOptions options, WaveOutput wave, CancellationToken cancellationToken)
    {
        var said = await subtitles.ReadAsync(path, media, span, options, cancellationToken).ConfigureAwait(false);
        if (!media.HasAudio)
            return new() { Subtitles = said };
        var sound = await sounds.ReadAsync(
            path, media, span, said is null ? wave : WaveOutput.Omit, cancellationToken).ConfigureAwait(false);
        return sound with { Subtitles = said };
    }

    private static TimeSpanSeconds Span(SegmentReference segment) => new(segment.StartSeconds!.Value, segment.EndSeconds!.Value);
}
