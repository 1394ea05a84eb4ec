namespace Qwen35Batch.Inference.Kernels;

/// <summary>A step is 16 pairs: column j in the low half of 32 bits, column j + 16 in the high half.</summary>
internal readonly struct BFloat16Format : IPanelFormat
{
    public static int StepBytes => Panels.Width * sizeof(ushort);
}
