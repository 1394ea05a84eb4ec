using Qwen35Batch.Contracts;

namespace Qwen35Batch.Worker.Run;

/// <summary>What a <c>run</c> is to do.</summary>
internal sealed record RunRequest(IReadOnlyList<string> Sources, string Task, JobOptions Options, int Priority, string? Output);
