using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Pipeline.Viewing;

/// <summary>A word of a page's text layer.</summary>
/// <param name="Text">As it stands there.</param>
/// <param name="Box">Its place on the page as it is shown.</param>
public sealed record ShownWord(string Text, Box Box);
