using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>How much state the decoder holds, and on what it computes.</summary>
internal sealed record SequenceModelOptions
{
    /// <summary>Sequences that are decoded together.</summary>
    public required int Slots { get; init; }

    /// <summary>Tokens that fit into one slot, prompt and answer together.</summary>
    public required int MaxLength { get; init; }

    public ExecutionProviderOptions Execution { get; init; } = new();
}
