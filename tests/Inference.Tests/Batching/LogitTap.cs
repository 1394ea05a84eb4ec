using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Decoding.States;

namespace Qwen35Batch.Inference.Tests.Batching;

/// <summary>A model that keeps the logits of the one sequence whose prompt has the marker, wherever its slot is.</summary>
/// <param name="model">The model.</param>
/// <param name="marker">The token that marks the sequence.</param>
/// <param name="crowd">How many sequences in one run are a crowd.</param>
internal sealed class LogitTap(ISequenceModel model, int marker, int crowd) : ISequenceModel
{
    private readonly TaskCompletionSource _crowded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool[] _isMarked = new bool[model.Slots];

    public List<float[]> Logits { get; } = [];

    /// <summary>The most sequences that a run had beside the marked one.</summary>
    public int MostNeighbours { get; private set; }

    /// <summary>Ends when a run had a crowd.</summary>
    public Task Crowded => _crowded.Task;

    public int Slots => model.Slots;

    public int MaxLength => model.MaxLength;

    public int VocabularySize => model.VocabularySize;

    public int HiddenSize => model.HiddenSize;

    public long BytesPerSlot => model.BytesPerSlot;

    public bool HasIndependentRows => model.HasIndependentRows;

    public void Prefill(PrefillChunk chunk, Span<float> logits)
    {
        model.Prefill(chunk, logits);
        _isMarked[chunk.Slot] = (_isMarked[chunk.Slot] && chunk.Past > 0) || chunk.TokenIds.Span.Contains(marker);
        if (_isMarked[chunk.Slot] && !logits.IsEmpty)
        {
            Logits.Add(logits.ToArray());
        }
    }

    public void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> past, ReadOnlySpan<int> positions, Span<float> logits)
    {
        model.Decode(tokens, past, positions, logits);
        if (past.Length - past.Count(0) >= crowd) _crowded.TrySetResult();
        for (var row = 0; row < tokens.Length; row++)
        {
            if (_isMarked[row] && past[row] > 0)
            {
                Logits.Add(logits.Slice(row * VocabularySize, VocabularySize).ToArray());
                MostNeighbours = Math.Max(MostNeighbours, past.Length - past.Count(0) - 1);
            }
        }
    }

    public void CopySlot(int from, int to, int length)
    {
        model.CopySlot(from, to, length);
        _isMarked[to] = _isMarked[from];
        _isMarked[from] = false;
    }

    public ISequenceSnapshot Save(int slot, int length) => model.Save(slot, length);

    public void Restore(ISequenceSnapshot snapshot, int slot)
    {
        model.Restore(snapshot, slot);
        _isMarked[slot] = false;
    }

    public void Dispose() => model.Dispose();
}
