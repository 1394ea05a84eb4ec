namespace Qwen35Batch.Inference.Kernels;

/// <summary>
/// One width of vectors, as the kernel needs it. Each lane is one column, and sums its products one after the other with one rounding each,
/// so a result does not depend on the width.
/// </summary>
/// <typeparam name="TVector">A vector of floats.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : unmanaged
{
    /// <summary>Floats of a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Weights of a step, from one of its first 16 columns on.</summary>
    static abstract TVector Low(byte* step);

    /// <summary>Those of the columns 16 further.</summary>
    static abstract TVector High(byte* step);

    static abstract TVector Broadcast(float* value);

    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector sum);

    static abstract void Store(TVector vector, float* target);
}
