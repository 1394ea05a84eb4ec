using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Sampling;

namespace Qwen35Batch.Inference.Batching;

/// <summary>
/// Chooses the next tokens after a run, on several threads where that is worth it: with Qwen3.5's vocabulary a row of logits is a megabyte,
/// and cold.
/// </summary>
internal sealed class TokenChooser
{
    /// <summary>A thread's own memory is twenty times the vocabulary, and memory is not read faster by more threads.</summary>
    private const int MostThreads = 4;

    /// <summary>Logits that one thread has gone through before another has started.</summary>
    private const int WorthAThread = 1 << 20;

    private readonly float[] _logits;
    private readonly int _vocabularySize;
    private readonly ulong[][] _masks;
    private readonly Sampler[] _samplers;
    private readonly BestSampler _bestSampler;
    private readonly BestLogits[] _best;
    private readonly StepTimes _times;

    /// <param name="logits">One row a slot.</param>
    /// <param name="vocabularySize">The length of a row.</param>
    /// <param name="threads">Threads at most; 0 for all cores.</param>
    /// <param name="times">Told what was spent.</param>
    public TokenChooser(float[] logits, int vocabularySize, int threads, StepTimes times)
    {
        (_logits, _vocabularySize, _times) = (logits, vocabularySize, times);
        _masks = [.. Enumerable.Range(0, logits.Length / vocabularySize).Select(_ => new ulong[(vocabularySize + 63) / 64])];
        _samplers =
        [
            .. Enumerable.Range(0, Math.Min(threads == 0 ? Environment.ProcessorCount : threads, MostThreads))
                .Select(_ => new Sampler(vocabularySize))
        ];
        _bestSampler = new BestSampler(vocabularySize);
        _best = [.. Enumerable.Range(0, _masks.Length).Select(row => new BestLogits(row, LogitBlocks.Room(vocabularySize)))];
    }

    /// <summary>Chooses for every sequence that has reached the end of its known tokens.</summary>
    /// <param name="slots">The sequences, each in the slot of its row.</param>
    /// <param name="kept">Where the rows are; null where they are here.</param>
    public IReadOnlyList<RowChoice> Choose(ReadOnlySpan<Sequence?> slots, IKeptLogits? kept = null)
    {
        var choices = new List<RowChoice>(slots.Length);
        for (var slot = 0; slot < slots.Length; slot++)
        {
            if (slots[slot] is { Slot: >= 0 } sequence && sequence.Past == sequence.Known)
            {
                choices.Add(new RowChoice(
                    sequence,
                    _logits.AsMemory(slot * _vocabularySize, _vocabularySize),
                    _masks[slot],
                    kept is null ? null : _best[slot]));
            }
        }

        var start = _times.Now;
        choices.ForEach(choice => choice.FillMask());
        _times.AddGrammar(start);
        var whole = kept is null ? choices : SampleBest(choices, kept);
        start = _times.Now;
        Sample(whole, (int)Math.Clamp((long)whole.Count * _vocabularySize / WorthAThread, 1, _samplers.Length));
        _times.AddSampler(start);
        return choices;
    }

    /// <summary>Chooses where the best logits are enough.</summary>
    /// <returns>The others, whose rows are here now.</returns>
    private List<RowChoice> SampleBest(List<RowChoice> choices, IKeptLogits kept)
    {
        var open = choices.FindAll(choice => choice.Error is null);
        if (open.Count == 0) return open;
        Read(open, () => kept.Read([.. open.Select(choice => choice.Best!)]));
        var start = _times.Now;
        open.ForEach(choice => choice.Choose(_bestSampler));
        _times.AddSampler(start);
        var whole = open.FindAll(choice => choice.NeedsWhole);
        whole.ForEach(choice => Read([choice], () => choice.ReadWhole(kept)));
        return whole;
    }

    /// <summary>What comes from the device is the model's work.</summary>
    private void Read(List<RowChoice> choices, Action read)
    {
        var start = _times.Now;
        try
        {
            read();
        }
        catch (Exception error) when (error is not DeviceLostException)
        {
            choices.ForEach(choice => choice.Fail(error));
        }

        _times.AddModel(start);
    }

    private void Sample(List<RowChoice> choices, int threads)
    {
        if (threads == 1)
        {
            choices.ForEach(choice => choice.Choose(_samplers[0]));
            return;
        }

        var next = -1;
        Parallel.For(0, threads, thread =>
        {
            for (int choice; (choice = Interlocked.Increment(ref next)) < choices.Count;)
            {
                choices[choice].Choose(_samplers[thread]);
            }
        });
    }
}
