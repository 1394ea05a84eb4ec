namespace Qwen35Batch.Pipeline.Agents.Tools;

/// <summary>A page that was read, as a report cites it.</summary>
/// <param name="Address">Where it was read.</param>
/// <param name="Title">Its title; null when it has none.</param>
/// <param name="FetchedAt">When.</param>
/// <param name="Sha256">SHA-256 of its content, lower-case hexadecimal.</param>
public sealed record ReadSource(Uri Address, string? Title, DateTimeOffset FetchedAt, string Sha256);
