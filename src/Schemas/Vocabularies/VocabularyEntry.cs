namespace Qwen35Batch.Schemas.Vocabularies;

/// <summary>One name of a list.</summary>
/// <param name="Key">The user's own key of it, such as a supplier's number.</param>
/// <param name="Label">The name.</param>
/// <param name="Aliases">Other ways to write it; what was written so is stored as the label.</param>
/// <param name="Place">Where it stands, for messages, such as <c>line 7</c>.</param>
public sealed record VocabularyEntry(string Key, string Label, IReadOnlyList<string> Aliases, string Place);
