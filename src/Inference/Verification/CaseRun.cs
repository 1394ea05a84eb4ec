using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding;

namespace Qwen35Batch.Inference.Verification;

/// <summary>One case on its way through the model.</summary>
internal sealed class CaseRun
{
    /// <summary>Below this, the order of the two best logits says nothing.</summary>
    private const float UnambiguousGap = 0.005f;

    /// <summary>
    /// Small, so that most prompts need several chunks, and no more than a GPU of few lanes is fed at a time (<see
    /// cref="Providers.GpuAdapter.MostQueries"/>): a chunk of little more takes as long as two.
    /// </summary>
    private const int ChunkLength = 31;

    private readonly string _name;
    private readonly GoldenCase? _case;
    private readonly VerifyTolerance _tolerance;
    private string? _failure;
    private float? _logitDifference;
    private double? _divergence;
    private float? _embeddingDifference;
    private int _matched;
    private int _compared;
    private int _step;
    private int _token;

    private CaseRun(string name, GoldenCase? golden, VerifyTolerance tolerance, string? failure)
    {
        _tolerance = tolerance;
        _name = name;
        _case = golden;
        _failure = failure;
        IsRunning = golden is not null;
    }

    /// <summary>Whether there are tokens left to compare.</summary>
    public bool IsRunning { get; private set; }

    public int LengthNeeded => Golden.TokenIds.Length + Golden.GreedyIds.Length;

    private bool IsExact => _tolerance.LogitDifference is not null;

    private GoldenCase Golden => _case ?? throw new InvalidOperationException("The case could not be read.");

    /// <summary>Reads a case; one that cannot be used has failed, and does not run.</summary>
    public static CaseRun Read(string file, ModelConfig config, VerifyTolerance tolerance)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        try
        {
            var golden = GoldenCase.Read(file, config);
            var length = golden.TokenIds.Length + golden.GreedyIds.Length;
            return length <= config.Text.MaxPositions
                ? new CaseRun(name, golden, tolerance, null)
                : new CaseRun(
                    name,
                    null,
                    tolerance,
                    $"The case is {length} tokens long, but the model knows only {config.Text.MaxPositions} positions.");
        }
        catch (Exception error) when (error is ModelFormatException or OverflowException)
        {
            return new CaseRun(name, null, tolerance, error.Message);
        }
    }

    public void Prefill(IVisionEncoder vision, ISequenceModel model, int slot)
    {
        try
        {
            var rows = Golden.Logits.Length / model.VocabularySize;
            var logits = new float[Golden.Logits.Length];
            Prefill(model, slot, Embed(vision, model.HiddenSize), rows, logits);
            _logitDifference = Largest(logits, Golden.Logits);
            _divergence = LogitDivergence.Mean(logits, Golden.Logits, model.VocabularySize);
            if (Golden.GreedyIds.Length == 0)
            {
                IsRunning = false;
            }
            else
            {
                Accept(logits.AsSpan((rows - 1) * model.VocabularySize));
            }
        }
        catch (ArgumentException error)
        {
            _failure = error.Message;
            IsRunning = false;
        }
    }

    /// <summary>What the slot is fed in the next step. A case that has ended is an idle slot.</summary>
    public (int Token, int Past, int Position) Next()
    {
        if (!IsRunning)
        {
            return (0, 0, 0);
        }

        var past = Golden.TokenIds.Length + _step - 1;
        return (_token, past, past + Golden.RopeDelta);
    }

    /// <summary>
    /// Compares the best token with the reference's. An exact model goes on until they differ; another one follows the reference.
    /// </summary>
    public void Accept(ReadOnlySpan<float> logits)
    {
        if (!IsRunning)
        {
            return;
        }

        var (best, expected) = (IndexOfLargest(logits), Golden.GreedyIds[_step]);
        var equal = best == expected;
        _token = IsExact ? best : expected;
        if (Golden.GreedyGaps[_step] >= UnambiguousGap)
        {
            _compared++;
            _matched += equal ? 1 : 0;
        }

        _step++;
        IsRunning = (equal || !IsExact) && _step < Golden.GreedyIds.Length;
    }

    public VerifyResult Result() => new()
    {
        Name = _name,
        LogitDifference = _logitDifference,
        LogitDivergence = _divergence,
        EmbeddingDifference = _embeddingDifference,
        GreedyMatched = _matched,
        GreedyCompared = _compared,
        Failure = _failure ?? Complaint(),
    };

    private string? Complaint()
    {
        // Written so that a difference that is not a number fails.
        if (_embeddingDifference is { } embedding && !(embedding < _tolerance.EmbeddingDifference))
        {
            return $"The embeddings differ by {embedding:g3}, {_tolerance.EmbeddingDifference:g} or more.";
        }

        if (_tolerance.LogitDifference is { } limit)
        {
            return _logitDifference < limit
                ? _matched == _compared ? null : $"Greedy token {_step} is {_token}, not {Golden.GreedyIds[_step - 1]}."
                : $"The logits differ by {_logitDifference:g3}, {limit:g} or more.";
        }

        if (!(_divergence <= _tolerance.Divergence))
        {
            return $"The logits diverge by {_divergence:g3} nats, more than {_tolerance.Divergence:g}.";
        }

        return _matched >= _tolerance.Agreement * _compared
            ? null
            : $"Only {_matched} of {_compared} greedy tokens agree, less than {_tolerance.Agreement:p0}.";
    }

    /// <summary>The embeddings of all media tokens, in the order of the tokens.</summary>
    private float[] Embed(IVisionEncoder vision, int hidden)
    {
        var embeddings = vision.Encode([.. Golden.Images, .. Golden.Videos]);
        var images = embeddings.Take(Golden.Images.Count).SelectMany(values => values).ToArray();
        var videos = embeddings.Skip(Golden.Images.Count).SelectMany(values => values).ToArray();
        if (embeddings.Count > 0)
        {
            _embeddingDifference = Math.Max(Largest(images, Golden.ImageEmbeddings), Largest(videos, Golden.VideoEmbeddings));
        }

        var ordered = new List<float>(images.Length + videos.Length);
        var (image, video) = (0, 0);
        foreach (var index in Golden.MediaIndexes)
        {
            ordered.AddRange(Golden.TokenIds[index] == Golden.ImageTokenId
                ? images.AsSpan(image++ * hidden, hidden)
                : videos.AsSpan(video++ * hidden, hidden));
        }

        return [.. ordered];
    }

    private void Prefill(ISequenceModel model, int slot, float[] embeddings, int rows, Span<float> logits)
    {
        var length = Golden.TokenIds.Length;
        var media = Golden.MediaIndexes;
        for (var past = 0; past < length;)
        {
            // All rows that are compared come from the last chunk.
            var rest = length - past;
            var count = rest <= Math.Max(ChunkLength, rows) ? rest : Math.Min(ChunkLength, rest - rows);
            var (from, to) = (media.Count(index => index < past), media.Count(index => index < past + count));
            model.Prefill(
                new PrefillChunk
                {
                    Slot = slot,
                    Past = past,
                    TokenIds = Golden.TokenIds.AsMemory(past, count),
                    Positions = Enumerable.Range(0, 3)
                        .SelectMany(axis => Golden.Positions.Skip((axis * length) + past).Take(count))
                        .ToArray(),
                    MediaIndexes = media[from..to].Select(index => index - past).ToArray(),
                    MediaEmbeddings = embeddings.AsMemory(from * model.HiddenSize, (to - from) * model.HiddenSize),
                },
                past + count == length ? logits : []);
            past += count;
        }
    }

    private static float Largest(ReadOnlySpan<float> values, ReadOnlySpan<float> expected)
    {
        var largest = 0f;
        for (var i = 0; i < values.Length; i++)
        {
            // Math.Max passes a NaN on.
            largest = Math.Max(largest, Math.Abs(values[i] - expected[i]));
        }

        return largest;
    }

    private static int IndexOfLargest(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            best = values[i] > values[best] ? i : best;
        }

        return best;
    }
}
