namespace Qwen35Batch.Inference.Sampling;

/// <summary>The model computed something that cannot be used, such as a logit that is not a number.</summary>
public sealed class ModelOutputException(string message) : Exception(message)
{
    internal static ModelOutputException NotFinite() => new(
        "The model computed logits that are not finite numbers; its weights or its precision are not usable for this input.");
}
