using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Models;

/// <summary>To which part a weight belongs.</summary>
internal static class ModelParts
{
    /// <summary>A weight of a converted graph.</summary>
    public static ModelPart Of(string file, string weight) =>
        file == GraphNames.VisionFile ? ModelPart.Vision
        : file == GraphNames.EmbeddingFile ? ModelPart.Embeddings
        : weight.Contains(".experts.", StringComparison.Ordinal) && !weight.Contains(".experts.shared_", StringComparison.Ordinal)
            ? ModelPart.Experts
            : ModelPart.Dense;

    /// <summary>A tensor of a checkpoint.</summary>
    public static ModelPart Of(TensorShape tensor) =>
        tensor.Name.StartsWith(CheckpointLayout.VisionPrefix, StringComparison.Ordinal) ? ModelPart.Vision
        : tensor.Name == CheckpointLayout.EmbeddingName ? ModelPart.Embeddings
        : ExpertWeights.IsFusedName(tensor.Name) ? ModelPart.Experts
        : ModelPart.Dense;
}
