namespace Qwen35Batch.Schemas.Patterns;

/// <summary>Whether a character belongs to a word.</summary>
internal enum WordPart
{
    None,
    Word,

    /// <summary>To some readers: letters and digits beyond ASCII.</summary>
    Disputed,
}

/// <summary>Where words begin and end: what <c>\b</c> asks.</summary>
internal static class WordParts
{
    /// <summary>The characters of words, then those of which readers differ.</summary>
    public static IReadOnlyList<CodePointSet> Sets { get; } =
    [
        CodePointSet.WordCharacters,
        CodePointSet.Of(
            ((string[])["L", "M", "N", "Pc"]).SelectMany(name => UnicodeCategories.Find(name)!.Ranges)
                .Append((0x200C, 0x200D))
                .Select(range => (Math.Max(range.Item1, 0x80), range.Item2))
                .Where(range => range.Item1 <= range.Item2)),
    ];

    /// <summary>Whether a word begins or ends between two characters; null where readers differ.</summary>
    public static bool? IsBoundary(WordPart last, WordPart next) =>
        last == WordPart.Disputed || next == WordPart.Disputed ? null : last != next;
}
