using System.Runtime.CompilerServices;

namespace Qwen35Batch.Schemas.Patterns;

/// <summary>
/// Characters beyond ASCII that ECMA-262 has for white space and other readers of regular expressions have not, or the other way round.
/// Answers do not hold them where a pattern asks for white space or for none: whoever reads the answer then takes it.
/// </summary>
internal static class DisputedSpaces
{
    private static readonly PatternAutomaton Undisputed = PatternAutomaton.Compile(
        @"^[^\u001c-\u001f\u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*$", "#");

    private static readonly ConditionalWeakTable<PatternAutomaton, PatternAutomaton> Known = [];

    /// <summary>Whether a pattern asks for white space or for none.</summary>
    public static bool Concern(string pattern)
    {
        for (var at = 0; at + 1 < pattern.Length; at++)
        {
            if (pattern[at] == '\\' && pattern[++at] is 's' or 'S')
                return true;
        }

        return false;
    }

    /// <summary>The texts of an automaton without such characters; all of them where each has one.</summary>
    public static PatternAutomaton LeftOut(PatternAutomaton texts) => Known.GetValue(texts, static all => all.Within(Undisputed));
}
