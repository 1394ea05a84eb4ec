namespace Qwen35Batch.Inference.Conversion;

/// <summary>How a converted model stores its matrices.</summary>
public enum ModelPrecision
{
    /// <summary>32-bit floats: as exact as the reference implementation.</summary>
    Fp32,
}
