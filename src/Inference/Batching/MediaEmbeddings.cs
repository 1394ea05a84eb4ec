using Qwen35Batch.Inference.Batching.Sequences;

namespace Qwen35Batch.Inference.Batching;

/// <summary>
/// Gives requests the embeddings of their pictures and clips: from the cache, which keeps them by content up to a number of bytes, or from
/// the vision tower.
/// </summary>
internal sealed class MediaEmbeddings(MediaEncoder encoder, long budget, EngineMetrics metrics)
{
    private readonly ByteBudgetCache<string, float[]> _cache = new(budget);

    /// <summary>Gives a request that has just arrived what is at hand.</summary>
    public void Attach(Sequence sequence)
    {
        foreach (var media in sequence.Media)
        {
            if (_cache.TryGet(media.ContentHash, out var embeddings))
            {
                Reuse(sequence, media, embeddings);
            }
        }
    }

    /// <summary>
    /// Takes over what the vision tower has finished: for the requests that it was encoded for, for all others that wait for the same, and
    /// for the cache.
    /// </summary>
    /// <param name="waiting">The requests without a slot.</param>
    /// <param name="fail">Called for a request whose picture or clip cannot be encoded.</param>
    public void TakeFinished(IReadOnlyList<Sequence> waiting, Action<Sequence, Exception> fail)
    {
        foreach (var (owner, encoded, embeddings, error) in encoder.Take())
        {
            if (embeddings is null)
            {
                fail(owner, error!);
                continue;
            }

            encoded.Set(embeddings);
            _cache.Add(encoded.ContentHash, embeddings, (long)embeddings.Length * sizeof(float));
            metrics.Encoded(encoded.PatchCount);
            foreach (var sequence in waiting)
            {
                foreach (var media in sequence.Media)
                {
                    if (!media.IsEncoded && media.ContentHash == encoded.ContentHash)
                    {
                        Reuse(sequence, media, embeddings);
                    }
                }
            }
        }
    }

    public void Clear() => _cache.Clear();

    private void Reuse(Sequence sequence, MediaSlot media, float[] embeddings)
    {
        sequence.Reuse(media, embeddings);
        metrics.EmbeddingHit(media.TokenCount);
    }
}
