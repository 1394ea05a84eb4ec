using Microsoft.Extensions.Logging;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Decoding;

namespace Qwen35Batch.Inference.Batching;

/// <summary>
/// Runs the vision tower, one batch at a time. When it overlaps, a batch has a thread of its own while the loop's thread decodes; all
/// members are still the loop's to call.
/// </summary>
/// <param name="vision">The tower; disposed with this.</param>
/// <param name="overlaps">Whether a batch runs beside the loop.</param>
/// <param name="alone">Whether each picture or clip has a run of its own, so that its embeddings do not depend on its neighbours.</param>
/// <param name="finished">Called by the batch's thread when its result can be taken.</param>
internal sealed partial class MediaEncoder(
    IVisionEncoder vision, bool overlaps, bool alone, Action finished, EngineMetrics metrics, TimeProvider time, ILogger logger)
    : IDisposable
{
    private readonly HashSet<string> _inFlight = new(StringComparer.Ordinal);
    private Thread? _thread;
    private volatile IReadOnlyList<EncodedMedia>? _result;

    public bool IsBusy => _inFlight.Count > 0;

    public bool IsInFlight(string contentHash) => _inFlight.Contains(contentHash);

    /// <summary>Starts a batch; only when none is running.</summary>
    public void Start(IReadOnlyList<MediaToEncode<Sequence>> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        _inFlight.UnionWith(items.Select(item => MediaOf(item).ContentHash));
        if (overlaps)
        {
            _thread = new Thread(() => Run(items)) { IsBackground = true, Name = "Qwen35Batch vision" };
            try
            {
                _thread.Start();
            }
            catch (OutOfMemoryException)
            {
                // The process has all the threads that it may have.
                _thread = null;
                Run(items);
            }
        }
        else
        {
            Run(items);
        }
    }

    /// <summary>The result of the batch when it has ended, once; else nothing.</summary>
    public IReadOnlyList<EncodedMedia> Take()
    {
        if (_result is not { } result)
        {
            return [];
        }

        _result = null;
        _inFlight.Clear();
        return result;
    }

    /// <summary>Waits for the batch that runs: the tower cannot be disposed under it.</summary>
    public void Dispose()
    {
        _thread?.Join();
        vision.Dispose();
    }

    private void Run(IReadOnlyList<MediaToEncode<Sequence>> items)
    {
        var start = time.GetTimestamp();
        var result = alone ? EncodeEach(items) : EncodeTogether(items);
        metrics.VisionRan(time.GetTimestamp() - start);
        _result = result;
        finished();
    }

    /// <summary>One run for all; if that fails, one for each, so that only the culprit's request fails.</summary>
    private List<EncodedMedia> EncodeTogether(IReadOnlyList<MediaToEncode<Sequence>> items)
    {
        try
        {
            var embeddings = Encode(items);
            return [.. items.Zip(embeddings, (item, values) => new EncodedMedia(item.Sequence, MediaOf(item), values, null))];
        }
        catch (Exception error)
        {
            Log.RunFailed(logger, error, items.Count);
            return EncodeEach(items);
        }
    }

    private List<EncodedMedia> EncodeEach(IReadOnlyList<MediaToEncode<Sequence>> items)
    {
        var result = new List<EncodedMedia>(items.Count);
        foreach (var item in items)
        {
            try
            {
                result.Add(new EncodedMedia(item.Sequence, MediaOf(item), Encode([item])[0], null));
            }
            catch (Exception error)
            {
                result.Add(new EncodedMedia(item.Sequence, MediaOf(item), null, error));
            }
        }

        return result;
    }

    private IReadOnlyList<float[]> Encode(IReadOnlyList<MediaToEncode<Sequence>> items)
    {
        var embeddings = vision.Encode([.. items.Select(item => MediaOf(item).Patches!)]);
        return embeddings.Count == items.Count
            ? embeddings
            : throw new InvalidOperationException($"The vision tower returned {embeddings.Count} results for {items.Count} pictures.");
    }

    private static MediaSlot MediaOf(MediaToEncode<Sequence> item) => item.Sequence.Media[item.Index];

    private static partial class Log
    {
        [LoggerMessage(2111, LogLevel.Warning, "Encoding {Count} pictures or clips in one run failed; each is tried once more, alone.")]
        public static partial void RunFailed(ILogger logger, Exception error, int count);
    }
}
