using System.Runtime.InteropServices;

namespace Qwen35Batch.Inference.Decoding.States;

/// <summary>Floats outside the managed heap, zeroed, aligned to a cache line. Memory is only taken where it is written.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;

    private void* _allocated;

    public NativeBuffer(long length)
    {
        Length = length;

        // calloc hands out large blocks as untouched pages; an aligned allocation would have to be cleared, and so be taken at once.
        _allocated = NativeMemory.AllocZeroed(checked((nuint)((length * sizeof(float)) + Alignment)));
        Pointer = (float*)(((nuint)_allocated + Alignment - 1) / Alignment * Alignment);
    }

    ~NativeBuffer() => Free();

    public float* Pointer { get; private set; }

    public long Length { get; }

    public long Bytes => Length * sizeof(float);

    public Span<float> Span(long start, int length)
    {
        ObjectDisposedException.ThrowIf(_allocated is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - length);
        return new Span<float>(Pointer + start, length);
    }

    /// <summary>Copies between buffers, or within one where the ranges do not overlap.</summary>
    public void CopyTo(long start, NativeBuffer destination, long destinationStart, long length)
    {
        ObjectDisposedException.ThrowIf(_allocated is null || destination._allocated is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destinationStart, destination.Length - length);
        Buffer.MemoryCopy(Pointer + start, destination.Pointer + destinationStart, length * sizeof(float), length * sizeof(float));
    }

    public void Clear(long start, long length)
    {
        ObjectDisposedException.ThrowIf(_allocated is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - length);
        NativeMemory.Clear(Pointer + start, (nuint)(length * sizeof(float)));
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_allocated is not null)
        {
            NativeMemory.Free(_allocated);
            _allocated = null;
            Pointer = null;
        }
    }
}
