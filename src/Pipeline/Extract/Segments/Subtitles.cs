namespace Qwen35Batch.Pipeline.Extract.Segments;

/// <summary>What the file's own subtitles say in a span.</summary>
/// <param name="Language">The track's language as the file tags it; null when it does not.</param>
/// <param name="Lines">In order of time; never empty.</param>
internal sealed record Subtitles(string? Language, IReadOnlyList<SubtitleLine> Lines);

/// <summary>A subtitle.</summary>
/// <param name="Start">In seconds from the start of the media.</param>
/// <param name="End">In seconds from the start of the media.</param>
/// <param name="Text">Its text, without styles; lines are joined by a blank.</param>
internal sealed record SubtitleLine(double Start, double End, string Text);
