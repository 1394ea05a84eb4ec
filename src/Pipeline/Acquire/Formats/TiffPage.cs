namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>What a directory of a TIFF file says of its picture.</summary>
internal sealed record TiffPage
{
    /// <summary>Pixels from left to right, as stored.</summary>
    public int Width { get; init; }

    /// <summary>Pixels from top to bottom, as stored.</summary>
    public int Height { get; init; }

    /// <summary>Whether it is a smaller version of another page, or a mask.</summary>
    public bool IsAuxiliary { get; init; }

    /// <summary>Whether it holds what a camera's sensor measured, and no picture yet.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Pixels a unit of length from left to right; 0 when it is not told.</summary>
    public double HorizontalResolution { get; init; }

    /// <summary>Pixels a unit of length from top to bottom; 0 when it is not told.</summary>
    public double VerticalResolution { get; init; }
}
