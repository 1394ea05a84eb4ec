namespace Qwen35Batch.Pipeline.Agents.Reports.Pdf;

/// <summary>A text in one style.</summary>
/// <param name="Text">The text.</param>
/// <param name="Style">Its style.</param>
/// <param name="Destination">The place in the document that it leads to; null for none.</param>
/// <param name="Joined">Whether no line may end before it.</param>
internal sealed record TextSpan(string Text, TextStyle Style, string? Destination = null, bool Joined = false);
