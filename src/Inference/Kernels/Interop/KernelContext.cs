using System.Runtime.InteropServices;

namespace Qwen35Batch.Inference.Kernels.Interop;

/// <summary>One computation of a node: its inputs and outputs, and the session's threads.</summary>
internal readonly unsafe struct KernelContext(nint context)
{
    public int InputCount => OrtFunctions.InputCount(context);

    /// <summary>An input that is there.</summary>
    public KernelTensor Input(int index)
    {
        var value = OrtFunctions.Input(context, index);
        var (type, shape) = OrtFunctions.TypeAndShape(value);
        return new KernelTensor(OrtFunctions.Data(value), type, shape);
    }

    /// <summary>The floats of an input that may be left out, or null.</summary>
    public float* OptionalFloats(int index) =>
        index < InputCount && OrtFunctions.Input(context, index) is var value and not 0 ? (float*)OrtFunctions.Data(value) : null;

    /// <summary>The output, which has this shape.</summary>
    public float* Output(params ReadOnlySpan<long> shape) => (float*)OrtFunctions.Data(OrtFunctions.Output(context, 0, shape));

    /// <summary>Does work 0 to total - 1 on the session's own threads, and returns when all is done.</summary>
    public void ParallelFor(int total, Action<int> work)
    {
        if (total == 1)
        {
            work(0);
            return;
        }

        var items = new Items(work);
        var handle = GCHandle.Alloc(items);
        try
        {
            OrtFunctions.ParallelFor(context, &Do, total, GCHandle.ToIntPtr(handle));
        }
        finally
        {
            handle.Free();
        }

        if (items.Error is { } error)
        {
            throw error;
        }
    }

    /// <summary>
    /// No exception may leave managed code on a thread of ONNX Runtime: the first is kept, and thrown where the work was asked for.
    /// </summary>
    [UnmanagedCallersOnly]
    private static void Do(nint state, nuint index)
    {
        var items = (Items)GCHandle.FromIntPtr(state).Target!;
        try
        {
            items.Work((int)index);
        }
        catch (Exception error)
        {
            items.Keep(error);
        }
    }

    private sealed class Items(Action<int> work)
    {
        private Exception? _error;

        public Action<int> Work => work;

        public Exception? Error => Volatile.Read(ref _error);

        public void Keep(Exception error) => Interlocked.CompareExchange(ref _error, error, null);
    }
}
