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

    /// <summary>Feeds one token to each sequence. An empty slot in between (its sequence has just failed) is idle in this run.</summary>
    /// <param name="slots">The decoding slots.</param>
    /// <param name="fail">Called for a sequence that cannot go on.</param>
    /// <param name="finish">Called for a sequence whose answer has ended.</param>
    public void Run(ReadOnlySpan<Sequence?> slots, Action<Sequence, Exception> fail, Action<Sequence> finish)
    {
        while (!slots.IsEmpty && slots[^1] is null)
        {
            slots = slots[..^1];
        }

        var sequences = 0;
        for (var slot = 0; slot < slots.Length; slot++)
        {
            sequences += slots[slot] is null ? 0 : 1;
            _tokens[slot] = slots[slot]?.NextToken ?? 0;
            _past[slot] = slots[slot]?.Past ?? 0;
            _positions[slot] = slots[slot]?.NextPosition ?? 0;
        }

        if (sequences == 0)
        {
            return;
        }

        var start = times.Now;
        try
        {
            model.Decode(_tokens.AsSpan(0, slots.Length), _past.AsSpan(0, slots.Length), _positions.AsSpan(0, slots.Length), Logits(0, slots.Length));
            times.AddModel(start);
            metrics.Decoded(sequences);
        }
        catch (Exception error)
        {
            times.AddModel(start);
            Log.RunFailed(logger, error, sequences);
            Replay(slots, fail);
        }

        for (var slot = 0; slot < slots.Length; slot++)
        {
            if (slots[slot] is { Slot: >= 0 } sequence)
            {
                GoOn(sequence, slot, fail, finish);
            }
        }
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
                for (var past = 0; past < all; past += limits.PrefillTokens)
                {
                    var end = Math.Min(all, past + limits.PrefillTokens);
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
