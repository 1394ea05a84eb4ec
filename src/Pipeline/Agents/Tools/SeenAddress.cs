namespace Qwen35Batch.Pipeline.Agents.Tools;

/// <summary>An address that a result named, which may be read from then on.</summary>
/// <param name="Address">The address.</param>
/// <param name="Title">What the result called it; null when it had no name for it.</param>
public sealed record SeenAddress(Uri Address, string? Title);
