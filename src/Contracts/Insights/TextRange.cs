namespace Qwen35Batch.Contracts.Insights;

/// <summary>A place within one line of a text.</summary>
/// <param name="Line">The line of the file, from 1.</param>
/// <param name="Start">The first character within the line, from 0, in UTF-16 units.</param>
/// <param name="End">The character behind the last one.</param>
public sealed record TextRange(int Line, int Start, int End);
