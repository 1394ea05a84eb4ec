namespace Qwen35Batch.Inference.Kernels;

/// <summary>
/// The layout of packed weights. A matrix <c>[out, in]</c> is cut into panels of 32 outputs; a panel holds, input after input, the
/// weights of its outputs. The last panel is filled up with zeros.
/// </summary>
internal static class Panels
{
    /// <summary>Outputs of a panel.</summary>
    public const int Width = 32;

    /// <summary>
    /// What a kernel computes side by side: columns j and j + 16. Experts have the gate in one half and its factor in the other.
    /// </summary>
    public const int Half = Width / 2;

    /// <summary>Panels that hold so many outputs.</summary>
    public static int Count(int outputs) => (outputs + Width - 1) / Width;

    /// <summary>Panels that hold so many gates and their factors.</summary>
    public static int GatedCount(int outputs) => (outputs + Half - 1) / Half;
}
