namespace Qwen35Batch.Contracts.Stages;

/// <summary>A subtitle track of text.</summary>
/// <param name="Stream">Its number within the file.</param>
/// <param name="Language">Its language as the file tags it, such as <c>eng</c>; null when it does not.</param>
/// <param name="IsDefault">Whether the file marks it to be shown by default.</param>
public sealed record TextTrack(int Stream, string? Language, bool IsDefault);
