using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>
/// Reads the clips of videos, all that are asked for with one decoding where they follow each other. A clip can begin a run wherever it
/// lies, so that nothing is lost by a crash or on another worker. What a run does not come to is decoded alone.
/// </summary>
internal sealed class ClipRuns(
    ClipReader reader, ClipDecoder decoder, ToolPlaces places, TimeProvider time, IOptions<ExtractOptions> extract)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<FilmKey, List<ClipRun>> _films = [];

    /// <summary>The frames of a clip.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="media">Its description.</param>
    /// <param name="clips">All clips of the plan.</param>
    /// <param name="number">The clip, from 0.</param>
    /// <param name="fps">Frames per second.</param>
    /// <param name="maxFramePixels">The largest number of pixels of a frame.</param>
    /// <param name="cancellationToken">Stops ffmpeg, unless somebody else waits for the same run.</param>
    /// <exception cref="Jobs.MediaRejectedException">No frame of the clip can be decoded.</exception>
    public async Task<ExtractedSegment> ReadAsync(
        string path,
        MediaDescription media,
        IReadOnlyList<TimeSpanSeconds> clips,
        int number,
        double fps,
        int maxFramePixels,
        CancellationToken cancellationToken)
    {
        var span = clips[number];
        if (clips.Count > 1 && media.Recordings is not { Count: > 1 })
        {
            var toneMap = await reader.ToneMapAsync(media, cancellationToken).ConfigureAwait(false);
            var size = PictureSize.FitKept(media.Width!.Value, media.Height!.Value, maxFramePixels);
            var film = new Film(path, media, new(clips), fps, size, toneMap);
            if (await FramesAsync(film, number, cancellationToken).ConfigureAwait(false) is { } frames)
                return ClipReader.Of(frames, path, media, span, fps, maxFramePixels);
        }

        return await reader.ReadAsync(path, media, span, fps, maxFramePixels, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<DecodedFrame>?> FramesAsync(Film film, int number, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (run, asked) = Ask(film, number);
            if (run is null) return null;
            try
            {
                var answer = await asked!.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (!ReferenceEquals(answer, ClipAnswer.Again)) return answer.Frames;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                if (run.Leave(number)) await run.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }
    }

    private (ClipRun? Run, Task<ClipAnswer>? Asked) Ask(Film film, int number)
    {
        lock (_lock)
        {
            if (!_films.TryGetValue(film.Key, out var runs)) _films[film.Key] = runs = [];
            runs.RemoveAll(run => run.Ended.IsCompleted);
            // The run that comes to it soonest.
            foreach (var run in runs.OrderByDescending(run => run.First))
            {
                if (run.Ask(number) is { } asked) return (run, asked);
            }

            // What another run has read, or will, is not read once more.
            foreach (var run in runs) run.StopIfUnused();
            var end = runs.Where(run => run.First > number).Select(run => run.First).Append(film.Clips.Count).Min();
            if (places.TryLend() is not { } place)
            {
                if (runs.Count == 0) _films.Remove(film.Key);
                return (null, null);
            }

            var begun = Begin(film, number, end, place);
            runs.Add(begun);
            return (begun, begun.Ask(number)!);
        }
    }

    private ClipRun Begin(Film film, int first, int end, IDisposable place)
    {
        var plan = new ClipRunPlan(
            film.Clips, end, ClipDecoder.Margins(film.Media), film.Size.Width, film.Size.Height, film.Fps,
            extract.Value.ClipDeadline / 2);
        var run = new ClipRun(plan, first, DecodeAsync, time);
        _ = run.Ended.ContinueWith(_ => Forget(film.Key, run, place), TaskScheduler.Default);
        return run;

        Task<ToolResult> DecodeAsync(int from, double seconds, FrameStream frames, CancellationToken cancellationToken) =>
            decoder.DecodeAsync(Decoding(film, from, end, seconds, frames), cancellationToken);
    }

    private static ClipDecoding Decoding(Film film, int first, int end, double seconds, FrameStream frames)
    {
        var span = new TimeSpanSeconds(film.Clips[first].Start, film.Clips[end - 1].End);
        var selected = ClipFilters.Sample(film.Clips, first, end, film.Fps);
        return new()
        {
            Part = MediaPart.Of(film.Path, film.Media, span)[0],
            Stream = ClipDecoder.Stream(film.Media),
            Filters = ClipFilters.Chain(selected, film.ToneMap, ClipReader.Shape(film.Media), film.Size.Width, film.Size.Height),
            From = seconds,
            IsStrict = true,
            Output = frames.Target,
            TakeErrorLine = frames.TakeLine,
            HasFallback = true,
        };
    }

    private void Forget(FilmKey key, ClipRun run, IDisposable place)
    {
        place.Dispose();
        lock (_lock)
        {
            if (!_films.TryGetValue(key, out var runs)) return;
            runs.Remove(run);
            if (runs.Count == 0) _films.Remove(key);
        }
    }

    private sealed record Film(
        string Path, MediaDescription Media, ClipSpans Clips, double Fps, (int Width, int Height) Size, string? ToneMap)
    {
        public FilmKey Key => new(Path, Clips.Count, Clips.Length, Fps, Size.Width, Size.Height);
    }

    private sealed record FilmKey(string Path, int Clips, double ClipSeconds, double Fps, int Width, int Height);
}
