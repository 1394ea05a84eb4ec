using Qwen35Batch.Inference.Batching.Sequences;
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
    }

    /// <summary>Chooses for every sequence that has reached the end of its known tokens.</summary>
    /// <param name="slots">The sequences, each in the slot of its row.</param>
    public IReadOnlyList<RowChoice> Choose(ReadOnlySpan<Sequence?> slots)
    {
        var choices = new List<RowChoice>(slots.Length);
        for (var slot = 0; slot < slots.Length; slot++)
        {
            if (slots[slot] is { Slot: >= 0 } sequence && sequence.Past == sequence.Known)
            {
                choices.Add(new RowChoice(sequence, _logits.AsMemory(slot * _vocabularySize, _vocabularySize), _masks[slot]));
            }
        }

        var start = _times.Now;
        choices.ForEach(choice => choice.FillMask());
        _times.AddGrammar(start);
        start = _times.Now;
        Sample(choices, (int)Math.Clamp((long)choices.Count * _vocabularySize / WorthAThread, 1, _samplers.Length));
        _times.AddSampler(start);
        return choices;
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
