using Microsoft.Extensions.Logging;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Batching;

/// <summary>
/// One run of the model over the decoding slots, and the choice of each sequence's next token. Its buffers live as long as the engine.
/// </summary>
internal sealed partial class DecodeRun
{
    private readonly ISequenceModel _model;
    private readonly TokenVocabulary _vocabulary;
    private readonly BatchLimits _limits;
    private readonly EngineMetrics _metrics;
    private readonly StepTimes _times;
    private readonly ILogger _logger;
    private readonly int[] _tokens;
    private readonly int[] _past;
    private readonly int[] _positions;
    private readonly float[] _logits;
    private readonly TokenChooser _chooser;

    public DecodeRun(
        ISequenceModel model, TokenVocabulary vocabulary, BatchLimits limits, int threads, EngineMetrics metrics, StepTimes times,
        ILogger logger)
    {
        (_model, _vocabulary, _limits, _metrics, _times, _logger) = (model, vocabulary, limits, metrics, times, logger);
        (_tokens, _past, _positions) = (new int[limits.Slots], new int[limits.Slots], new int[limits.Slots]);
        _logits = new float[(long)limits.Slots * model.VocabularySize];
        _chooser = new TokenChooser(_logits, model.VocabularySize, threads, times);
    }

    /// <summary>
    /// Feeds one token to each sequence. An empty slot in between (its sequence has just failed) is idle in this run. With fixed shapes
    /// the run has all rows, however few are in use; where that does not keep the rows independent of each other, each has a run of its
    /// own.
    /// </summary>
    /// <param name="slots">The decoding slots.</param>
    /// <param name="fail">Called for a sequence that cannot go on.</param>
    /// <param name="finish">Called for a sequence whose answer has ended.</param>
    public void Run(ReadOnlySpan<Sequence?> slots, Action<Sequence, Exception> fail, Action<Sequence> finish)
    {
        while (!slots.IsEmpty && slots[^1] is null)
        {
            slots = slots[..^1];
        }

        if (slots.IsEmpty)
        {
            return;
        }

        var isKept = false;
        if (_limits.FixedShapes && !_model.HasIndependentRows)
        {
            FeedEach(slots, fail);
        }
        else
        {
            isKept = FeedTogether(slots, _limits.FixedShapes ? _limits.Slots : slots.Length, fail) && _model.Kept is not null;
        }

        foreach (var sequence in slots)
        {
            if (sequence is { Slot: >= 0 })
            {
                sequence.Decoded();
            }
        }

        foreach (var choice in _chooser.Choose(slots, isKept ? _model.Kept : null))
        {
            GoOn(choice, fail, finish);
        }
    }

    /// <returns>Whether the run did not fail.</returns>
    private bool FeedTogether(ReadOnlySpan<Sequence?> slots, int rows, Action<Sequence, Exception> fail)
    {
        var sequences = 0;
        for (var row = 0; row < rows; row++)
        {
            var sequence = row < slots.Length ? slots[row] : null;
            sequences += sequence is null ? 0 : 1;
            _tokens[row] = sequence?.NextToken ?? 0;
            _past[row] = sequence?.Past ?? 0;
            _positions[row] = sequence?.NextPosition ?? 0;
        }

        var start = _times.Now;
        try
        {
            var logits = _model.Kept is null ? Logits(0, rows) : [];
            _model.Decode(_tokens.AsSpan(0, rows), _past.AsSpan(0, rows), _positions.AsSpan(0, rows), logits);
            _times.AddModel(start);
            _metrics.Decoded(sequences);
            return true;
        }
        catch (Exception error) when (error is not DeviceLostException)
        {
            _times.AddModel(start);
            Log.RunFailed(_logger, error, sequences);
            Replay(slots, fail);
            return false;
        }
    }

    private void FeedEach(ReadOnlySpan<Sequence?> slots, Action<Sequence, Exception> fail)
    {
        var start = _times.Now;
        var sequences = 0;
        for (var slot = 0; slot < slots.Length; slot++)
        {
            if (slots[slot] is not { } sequence)
            {
                continue;
            }

            try
            {
                _model.Prefill(sequence.Chunk(sequence.Past, sequence.Past + 1), Logits(slot, 1));
                sequences++;
            }
            catch (Exception error)
            {
                fail(sequence, error);
            }
        }

        _times.AddModel(start);
        _metrics.Decoded(sequences);
    }

    /// <summary>
    /// Finds the culprit of a failed run. The run may have left any layer's state half updated, so each sequence is fed again, alone, from
    /// its first token to the one that the run fed; this is the run's work, too.
    /// </summary>
    private void Replay(ReadOnlySpan<Sequence?> slots, Action<Sequence, Exception> fail)
    {
        var start = _times.Now;
        for (var slot = 0; slot < slots.Length; slot++)
        {
            if (slots[slot] is not { } sequence)
            {
                continue;
            }

            try
            {
                var all = sequence.Past + 1;
                for (int past = 0, end; past < all; past = end)
                {
                    end = _limits.ChunkEnd(sequence.Prefix, past, all);
                    _model.Prefill(sequence.Chunk(past, end), end == all ? Logits(slot, 1) : []);
                    _metrics.Prefilled(end - past);
                }
            }
            catch (Exception error)
            {
                fail(sequence, error);
            }
        }

        _times.AddModel(start);
    }

    private void GoOn(RowChoice choice, Action<Sequence, Exception> fail, Action<Sequence> finish)
    {
        var sequence = choice.Sequence;
        if (choice.Error is not null)
        {
            fail(sequence, choice.Error);
            return;
        }

        if (_vocabulary.EndOfText.Contains(choice.Token))
        {
            sequence.EndText(_times.Now);
        }
        else if (!Accept(choice, fail))
        {
            return;
        }

        if (sequence.Answer.Cause is not null)
        {
            finish(sequence);
        }
    }

    private bool Accept(RowChoice choice, Action<Sequence, Exception> fail)
    {
        var start = _times.Now;
        try
        {
            choice.Sequence.Accept(choice.Token, start, choice.Measured);
            return true;
        }
        catch (Exception error)
        {
            fail(choice.Sequence, error);
            return false;
        }
        finally
        {
            _times.AddGrammar(start);
        }
    }

    private Span<float> Logits(int slot, int rows) => _logits.AsSpan(slot * _model.VocabularySize, rows * _model.VocabularySize);

    private static partial class Log
    {
        [LoggerMessage(2121, LogLevel.Warning, "A decode run of {Sequences} sequences failed; each is replayed alone.")]
        public static partial void RunFailed(ILogger logger, Exception error, int sequences);
    }
}
