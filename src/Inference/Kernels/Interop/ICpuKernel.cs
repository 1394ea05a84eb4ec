namespace Qwen35Batch.Inference.Kernels.Interop;

/// <summary>What computes one node of a session. Runs of a session may overlap, so a kernel has no state that changes.</summary>
internal interface ICpuKernel
{
    /// <exception cref="InvalidOperationException">The inputs do not fit together; the run fails with the message.</exception>
    void Compute(KernelContext context);
}
