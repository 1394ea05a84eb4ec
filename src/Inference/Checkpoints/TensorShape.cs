namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>A tensor that a checkpoint must have.</summary>
internal sealed record TensorShape(string Name, params long[] Shape)
{
    public long Count => Shape.Aggregate(1L, (count, dim) => count * dim);
}
