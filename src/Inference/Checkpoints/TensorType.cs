namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>How a tensor's elements are stored in a safetensors file.</summary>
internal enum TensorType
{
    /// <summary>A type that nothing here reads, such as the float8 types.</summary>
    Other,
    BF16,
    F16,
    F32,
    I32,
    I64,
    U8,
}
