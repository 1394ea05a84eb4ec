namespace Qwen35Batch.Persistence.Searching;

/// <summary>The smallest thing that is searched for.</summary>
/// <param name="Text">A folded word, or one character of a writing without blanks.</param>
/// <param name="IsJoined">Whether nothing stands between it and the unit before.</param>
/// <param name="IsCharacter">Whether it is one character of a writing without blanks.</param>
internal sealed record SearchUnit(string Text, bool IsJoined, bool IsCharacter);
