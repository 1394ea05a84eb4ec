namespace Qwen35Batch.Inference.Kernels.Interop;

/// <summary>The attributes of a node.</summary>
internal readonly struct KernelAttributes(nint kernelInfo)
{
    /// <param name="name">In UTF-8, with a zero behind, as a UTF-8 literal has it.</param>
    public int Integer(ReadOnlySpan<byte> name) => checked((int)OrtFunctions.Attribute(kernelInfo, name));
}
