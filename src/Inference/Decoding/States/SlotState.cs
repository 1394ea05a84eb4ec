using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Decoding.States;

/// <summary>
/// One state of the model for all slots, one slot after the other: a cache with room for the longest sequence, or a state of
/// fixed size. The model reads and writes it in place, through views on runs of slots.
/// </summary>
internal sealed unsafe class SlotState : IDisposable
{
    private readonly NativeBuffer _buffer;
    private readonly long[] _shape;
    private readonly Dictionary<(int First, int Count), OrtValue> _views = [];

    /// <param name="input">The graph's input.</param>
    /// <param name="shape">Its dimensions; -1 where it varies: the batch first, and in a cache also the tokens.</param>
    public SlotState(string input, IReadOnlyList<int> shape, int slots, int maxLength)
    {
        Input = input;
        Output = GraphNames.PresentOf(input);
        LengthAxis = shape.Skip(1).Contains(-1) ? shape.ToList().LastIndexOf(-1) : 0;
        _shape = [.. shape.Select((dim, axis) => (long)(axis == LengthAxis ? maxLength : dim))];
        _shape[0] = slots;
        SlotLength = _shape.Skip(1).Aggregate(1L, (length, dim) => length * dim);
        RowLength = IsCache ? _shape.Skip(LengthAxis + 1).Aggregate(1L, (length, dim) => length * dim) : SlotLength;
        _buffer = new NativeBuffer(slots * SlotLength);
    }

    public string Input { get; }

    public string Output { get; }

    /// <summary>Grows with the sequence.</summary>
    public bool IsCache => LengthAxis > 0;

    /// <summary>Floats of one slot.</summary>
    public long SlotLength { get; }

    private int LengthAxis { get; }

    /// <summary>Floats of one token of one head of a cache.</summary>
    private long RowLength { get; }

    private long Heads => IsCache ? SlotLength / (_shape[LengthAxis] * RowLength) : 1;

    /// <summary>Floats that a sequence of that length needs.</summary>
    public long PackedLength(int length) => IsCache ? Heads * length * RowLength : SlotLength;

    public OrtValue View(int first, int count)
    {
        if (!_views.TryGetValue((first, count), out var view))
        {
            long[] shape = [count, .. _shape.Skip(1)];
            view = OrtTensors.Over(_buffer.Pointer + (first * SlotLength), count * SlotLength, shape);
            _views.Add((first, count), view);
        }

        return view;
    }

    /// <summary>Forgets a sequence. A cache needs nothing: what lies beyond a sequence's length is not read.</summary>
    public void Reset(int slot)
    {
        if (!IsCache)
        {
            _buffer.Clear(slot * SlotLength, SlotLength);
        }
    }

    public void Copy(int from, int to, int length)
    {
        var stride = SlotLength / Heads;
        for (var head = 0; head < Heads; head++)
        {
            _buffer.CopyTo(
                (from * SlotLength) + (head * stride), _buffer, (to * SlotLength) + (head * stride), PackedLength(length) / Heads);
        }
    }

    public void Save(int slot, int length, NativeBuffer packed, long at)
    {
        var (stride, part) = (SlotLength / Heads, PackedLength(length) / Heads);
        for (var head = 0; head < Heads; head++)
        {
            _buffer.CopyTo((slot * SlotLength) + (head * stride), packed, at + (head * part), part);
        }
    }

    public void Restore(NativeBuffer packed, long at, int length, int slot)
    {
        var (stride, part) = (SlotLength / Heads, PackedLength(length) / Heads);
        for (var head = 0; head < Heads; head++)
        {
            packed.CopyTo(at + (head * part), _buffer, (slot * SlotLength) + (head * stride), part);
        }
    }

    public void Dispose()
    {
        foreach (var view in _views.Values)
        {
            view.Dispose();
        }

        _buffer.Dispose();
    }
}
