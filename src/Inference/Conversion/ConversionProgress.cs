namespace Qwen35Batch.Inference.Conversion;

/// <summary>How far a conversion is.</summary>
/// <param name="Done">Weights written.</param>
/// <param name="Total">Weights of the checkpoint.</param>
/// <param name="Stage">What is being written: the name of a file.</param>
public sealed record ConversionProgress(long Done, long Total, string Stage)
{
    /// <summary>A sentence that a user should read, or null.</summary>
    public string? Note { get; init; }
}
