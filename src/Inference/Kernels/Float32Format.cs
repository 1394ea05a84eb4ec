namespace Qwen35Batch.Inference.Kernels;

/// <summary>A step is 32 floats, column after column.</summary>
internal readonly struct Float32Format : IPanelFormat
{
    public static int StepBytes => Panels.Width * sizeof(float);
}
