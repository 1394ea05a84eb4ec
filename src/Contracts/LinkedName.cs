namespace Qwen35Batch.Contracts;

/// <summary>A text of an insight that is a name of one of the user's own lists.</summary>
/// <param name="Field">The JSON pointer of the text within the insight.</param>
/// <param name="Vocabulary">The list.</param>
/// <param name="Key">The user's own key of the name; null where the list allows other texts as well and has none such.</param>
/// <param name="Version">The list as it was: the first 12 hexadecimal digits of its SHA-256.</param>
public sealed record LinkedName(string Field, string Vocabulary, string? Key, string Version);
