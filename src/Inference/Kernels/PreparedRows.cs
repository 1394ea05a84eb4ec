using System.Buffers;
using Qwen35Batch.Inference.Kernels.Interop;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>Rows in the form that a kernel reads: where they are, or brought into it once for all panels.</summary>
internal sealed unsafe class PreparedRows : IDisposable
{
    private const int RowsPerTask = 16;

    private readonly PanelKernel _kernel;
    private readonly float* _rows;
    private readonly long _stride;
    private readonly int _count;
    private readonly int _depth;
    private readonly int _bytes;
    private readonly IMemoryOwner<byte>? _memory;
    private readonly MemoryHandle _pin;

    /// <param name="kernel">Who reads them.</param>
    /// <param name="rows">The first row.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="depth">Values of a row.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    public PreparedRows(PanelKernel kernel, float* rows, int count, int depth, long stride)
    {
        (_kernel, _count, _depth, _stride) = (kernel, count, depth, stride);
        _rows = rows;
        _bytes = kernel.PreparedBytes(depth);
        if (_bytes > 0)
        {
            _memory = MemoryPool<byte>.Shared.Rent(checked(count * _bytes));
            _pin = _memory.Memory.Pin();
        }
    }

    /// <summary>A row as the kernel reads it.</summary>
    public byte* this[int row] => _memory is null ? (byte*)Floats(row) : (byte*)_pin.Pointer + ((long)row * _bytes);

    /// <summary>A row as it was given.</summary>
    public float* Floats(int row) => _rows + (row * _stride);

    /// <summary>Brings all rows into their form, on the session's threads.</summary>
    public void Prepare(KernelContext context)
    {
        if (_memory is not null)
        {
            context.ParallelFor((_count + RowsPerTask - 1) / RowsPerTask, PrepareSome);
        }
    }

    public void Dispose()
    {
        _pin.Dispose();
        _memory?.Dispose();
    }

    private void PrepareSome(int task)
    {
        for (var row = task * RowsPerTask; row < Math.Min(_count, (task + 1) * RowsPerTask); row++)
        {
            _kernel.Prepare(Floats(row), _depth, this[row]);
        }
    }
}
