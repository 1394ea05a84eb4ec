using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Schemas.Reading;

/// <summary>What a pattern or a format asks of a text.</summary>
/// <param name="Keyword"><c>pattern</c> or <c>format</c>.</param>
/// <param name="Value">What the keyword says.</param>
/// <param name="Fitting">The texts that fit.</param>
internal sealed record TextRule(string Keyword, string Value, PatternAutomaton Fitting)
{
    /// <summary>Whether more texts may fit than are known to.</summary>
    public bool IsNarrow => Keyword == "format" ? TextFormats.IsNarrow(Value) : IsDisputed(Value);

    /// <summary>Whether readers differ in which letters a pattern means: what fits for all of them is known then.</summary>
    public static bool IsDisputed(string pattern) => pattern.Contains("(?", StringComparison.Ordinal) && HasFlags(pattern)
        || pattern.Contains(@"\b", StringComparison.OrdinalIgnoreCase);

    private static bool HasFlags(string pattern) => pattern.Split("(?")[1..].Any(rest => rest.Length > 0 && rest[0] is 'i' or 's' or 'u');

    /// <summary>Those of them that every reader takes, where readers differ: what an answer is written by.</summary>
    public PatternAutomaton Written => Keyword switch
    {
        "pattern" when DisputedSpaces.Concern(Value) => DisputedSpaces.LeftOut(Fitting),
        "format" => TextFormats.Written(Value, Fitting),
        _ => Fitting,
    };
}
