namespace Qwen35Batch.GpuCheck;

/// <param name="Batch">Requests that run together.</param>
/// <param name="Prompt">Tokens of each prompt.</param>
/// <param name="Generate">Tokens of each answer.</param>
internal sealed record BenchSize(int Batch, int Prompt, int Generate);
