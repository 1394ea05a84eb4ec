namespace Qwen35Batch.Inference.Kernels;

/// <summary>How the numbers of a panel are stored.</summary>
internal interface IPanelFormat
{
    /// <summary>Bytes of one step: the <see cref="Panels.Width"/> weights of one input.</summary>
    static abstract int StepBytes { get; }
}
