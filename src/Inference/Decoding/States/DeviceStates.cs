using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Qwen35Batch.Inference.Decoding.States;

/// <summary>
/// The states of some sequences in the memory of the device, one row a sequence. What is in them at first is not defined.
/// </summary>
internal sealed unsafe class DeviceStates : IDisposable
{
    private readonly IReadOnlyList<StateShape> _shapes;
    private readonly OrtAllocator _allocator;
    private readonly int _capacity;
    private readonly Dictionary<int, OrtValue[]> _views = [];

    /// <param name="rows">Sequences.</param>
    /// <param name="capacity">Tokens that a cache has room for.</param>
    /// <param name="allocator">The device's, which must outlive this.</param>
    public DeviceStates(IReadOnlyList<StateShape> shapes, int rows, int capacity, OrtAllocator allocator)
    {
        (_shapes, _capacity, _allocator) = (shapes, capacity, allocator);
        Bytes = shapes.Sum(shape => shape.Bytes(rows, capacity));
        var values = new List<OrtValue>(shapes.Count);
        try
        {
            foreach (var shape in shapes)
            {
                values.Add(OrtValue.CreateAllocatedTensorValue(allocator, TensorElementType.Float, shape.Of(rows, capacity)));
            }
        }
        catch
        {
            values.ForEach(value => value.Dispose());
            throw;
        }

        All = [.. values];
    }

    /// <summary>All rows of every state.</summary>
    public OrtValue[] All { get; }

    public long Bytes { get; }

    /// <summary>
    /// The first rows of every state. On a device a tensor begins where its buffer does, so these are the only rows that can be had without
    /// a copy.
    /// </summary>
    public OrtValue[] First(int rows)
    {
        if (!_views.TryGetValue(rows, out var views))
        {
            _views.Add(rows, views = [.. _shapes.Select((shape, i) => View(shape, All[i], rows))]);
        }

        return views;
    }

    public void Dispose()
    {
        foreach (var value in _views.Values.SelectMany(values => values).Concat(All))
        {
            value.Dispose();
        }
    }

    /// <remarks>The address of memory on a device is only a name for it.</remarks>
    private OrtValue View(StateShape shape, OrtValue all, int rows)
    {
        fixed (byte* address = all.GetTensorMutableRawData())
        {
            return OrtValue.CreateTensorValueWithData(
                _allocator.Info, TensorElementType.Float, shape.Of(rows, _capacity), (nint)address, shape.Bytes(rows, _capacity));
        }
    }
}
