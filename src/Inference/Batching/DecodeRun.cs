using Microsoft.Extensions.Logging;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Batching;

/// <summary>One run of the model over the decoding slots, and the choice of each sequence's next token. Its buffers live as long as the engine.</summary>
internal sealed partial class DecodeRun(ISequenceModel model, TokenVocabulary vocabulary, BatchLimits limits, EngineMetrics metrics, StepTimes times, ILogger logger)
{
    private readonly int[] _tokens = new int[limits.Slots];
    private readonly int[] _past = new int[limits.Slots];
    private readonly int[] _positions = new int[limits.Slots];
    private readonly float[] _logits = new float[(long)limits.Slots * model.VocabularySize];
    private readonly ulong[] _mask = new ulong[(model.VocabularySize + 63) / 64];
    private readonly Sampler _sampler = new(model.VocabularySize);

    /// <summary>
    /// Feeds one token to each sequence. An empty slot in between (its sequence has just failed) is idle in this run. With fixed shapes
    /// the run has all rows, however few are in use; where that does not keep the rows independent of each other, each has a run of its own.
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

        if (limits.FixedShapes && !model.HasIndependentRows)
        {
            FeedEach(slots, fail);
        }
        else
        {
            FeedTogether(slots, limits.FixedShapes ? limits.Slots : slots.Length, fail);
        }

        for (var slot = 0; slot < slots.Length; slot++)
        {
            if (slots[slot] is { Slot: >= 0 } sequence)
            {
                GoOn(sequence, slot, fail, finish);
            }
        }
    }

    private void FeedTogether(ReadOnlySpan<Sequence?> slots, int rows, Action<Sequence, Exception> fail)
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

        var start = times.Now;
        try
        {
            model.Decode(_tokens.AsSpan(0, rows), _past.AsSpan(0, rows), _positions.AsSpan(0, rows), Logits(0, rows));
            times.AddModel(start);
            metrics.Decoded(sequences);
        }
        catch (Exception error)
        {
            times.AddModel(start);
            Log.RunFailed(logger, error, sequences);
            Replay(slots, fail);
        }
    }

    private void FeedEach(ReadOnlySpan<Sequence?> slots, Action<Sequence, Exception> fail)
    {
        var start = times.Now;
        var sequences = 0;
        for (var slot = 0; slot < slots.Length; slot++)
        {
            if (slots[slot] is not { } sequence)
            {
                continue;
            }

            try
            {
                model.Prefill(sequence.Chunk(sequence.Past, sequence.Past + 1), Logits(slot, 1));
                sequences++;
            }
            catch (Exception error)
            {
                fail(sequence, error);
            }
        }

        times.AddModel(start);
        metrics.Decoded(sequences);
    }

    /// <summary>
    /// Finds the culprit of a failed run. The run may have left any layer's state half updated, so each sequence is fed again, alone, from
    /// its first token to the one that the run fed; this is the run's work, too.
    /// </summary>
    private void Replay(ReadOnlySpan<Sequence?> slots, Action<Sequence, Exception> fail)
    {
        var start = times.Now;
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
                    end = sequence.ChunkEnd(past, all, limits);
                    model.Prefill(sequence.Chunk(past, end), end == all ? Logits(slot, 1) : []);
                    metrics.Prefilled(end - past);
                }
            }
            catch (Exception error)
            {
                fail(sequence, error);
            }
        }

        times.AddModel(start);
    }

    private void GoOn(Sequence sequence, int slot, Action<Sequence, Exception> fail, Action<Sequence> finish)
    {
        sequence.Past++;
        if (sequence.Past < sequence.Known)
        {
            return;
        }

        try
        {
            var token = Choose(sequence, slot);
            sequence.FirstTokenAt ??= times.Now;
            if (vocabulary.EndOfText.Contains(token))
            {
                sequence.Answer.EndText();
            }
            else
            {
                var start = times.Now;
                sequence.Accept(token);
                times.AddGrammar(start);
            }
        }
        catch (Exception error)
        {
            fail(sequence, error);
            return;
        }

        if (sequence.Answer.Cause is not null)
        {
            finish(sequence);
        }
    }

    private int Choose(Sequence sequence, int slot)
    {
        ReadOnlySpan<ulong> mask = [];
        if (sequence.Answer.HasGrammar)
        {
            var filled = times.Now;
            sequence.Answer.FillMask(_mask);
            times.AddGrammar(filled);
            mask = _mask;
        }

        var start = times.Now;
        var token = _sampler.Next(Logits(slot, 1), mask, sequence.Answer.Sampling, sequence.AnswerTokens);
        times.AddSampler(start);
        return token;
    }

    private Span<float> Logits(int slot, int rows) => _logits.AsSpan(slot * model.VocabularySize, rows * model.VocabularySize);

    private static partial class Log
    {
        [LoggerMessage(2121, LogLevel.Warning, "A decode run of {Sequences} sequences failed; each is replayed alone.")]
        public static partial void RunFailed(ILogger logger, Exception error, int sequences);
    }
}
