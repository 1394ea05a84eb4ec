namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>The pages that an answer may name, from 1, both ends included.</summary>
internal sealed record PageRange(int First, int Last);
