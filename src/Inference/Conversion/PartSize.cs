using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion;

/// <summary>How large a part of a model is.</summary>
/// <param name="Part">The part.</param>
/// <param name="Parameters">Its numbers in the checkpoint.</param>
/// <param name="Bytes">What they take in the model folder, and in memory where they are used as they are stored.</param>
public sealed record PartSize(ModelPart Part, long Parameters, long Bytes)
{
    /// <summary>0 for a part that the model does not have.</summary>
    public double BytesPerParameter => Parameters == 0 ? 0 : Bytes / (double)Parameters;
}
