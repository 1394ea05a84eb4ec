using Microsoft.Extensions.Logging;
using Qwen35Batch.Inference.Decoding;

namespace Qwen35Batch.Inference.Batching;

/// <summary>The embeddings of pictures and clips, kept by content up to a number of bytes.</summary>
internal sealed partial class MediaEmbeddings(IVisionEncoder vision, long budget, EngineMetrics metrics, StepTimes times, ILogger logger)
{
    private readonly ByteBudgetCache<string, float[]> _cache = new(budget);

    public bool IsEncoded(string contentHash) => _cache.Contains(contentHash);

    /// <summary>Encodes what a plan asks for, in one run; if that fails, one by one, so that only the culprit's request fails.</summary>
    public void Encode(IReadOnlyList<MediaToEncode> items, Action<Sequence, Exception> fail)
    {
        if (items.Count == 0)
        {
            return;
        }

        try
        {
            Run(items);
        }
        catch (Exception error)
        {
            Log.RunFailed(logger, error, items.Count);
            foreach (var item in items)
            {
                try
                {
                    Run([item]);
                }
                catch (Exception own)
                {
                    fail(item.Sequence, own);
                }
            }
        }
    }

    /// <summary>Gives a request the embeddings that it still lacks. Throws what the vision tower throws.</summary>
    public void Complete(Sequence sequence)
    {
        for (var i = 0; i < sequence.Media.Count; i++)
        {
            var media = sequence.Media[i];
            if (media.Embeddings is not null)
            {
                continue;
            }

            if (_cache.TryGet(media.ContentHash, out var embeddings))
            {
                media.Set(embeddings);
                sequence.CachedMediaTokens += media.TokenCount;
                metrics.EmbeddingHit(media.TokenCount);
                continue;
            }

            Run([new MediaToEncode(sequence, i)]);
        }

        sequence.JoinEmbeddings();
    }

    public void Clear() => _cache.Clear();

    private void Run(IReadOnlyList<MediaToEncode> items)
    {
        var start = times.Now;
        var embeddings = vision.Encode([.. items.Select(item => item.Sequence.Media[item.Index].Patches!)]);
        times.AddVision(start);
        if (embeddings.Count != items.Count)
        {
            throw new InvalidOperationException($"The vision tower returned {embeddings.Count} results for {items.Count} pictures.");
        }

        for (var i = 0; i < items.Count; i++)
        {
            var media = items[i].Sequence.Media[items[i].Index];
            media.Set(embeddings[i]);
            _cache.Add(media.ContentHash, embeddings[i], (long)embeddings[i].Length * sizeof(float));
            metrics.Encoded(media.PatchCount);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2111, LogLevel.Warning, "Encoding {Count} pictures or clips in one run failed; each is tried once more, alone.")]
        public static partial void RunFailed(ILogger logger, Exception error, int count);
    }
}
