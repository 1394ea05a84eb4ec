namespace Qwen35Batch.Pipeline.Tools;

/// <summary>Whether a tool is there.</summary>
/// <param name="Tool">Its name.</param>
/// <param name="Path">Where it is, or null.</param>
/// <param name="Version">What it says of itself, or null.</param>
/// <param name="Problem">What is wrong and what to do, or null when all is well.</param>
internal sealed record ToolStatus(string Tool, string? Path, string? Version, string? Problem);
