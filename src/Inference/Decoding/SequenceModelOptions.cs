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

    /// <summary>Tokens of a prompt that are fed at a time, at most. It counts for the memory of a GPU only.</summary>
    public int PrefillTokens { get; init; } = 512;

    /// <summary>Bytes of snapshots that are kept at a time, at most. They count for the memory of a GPU only.</summary>
    public long SnapshotBytes { get; init; }
}
