using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>
/// The texts of property names that fit an automaton. Alternatives often have the same names: these are one terminal, so that its masks are
/// found once for all of them.
/// </summary>
internal sealed class NameTerminals
{
    private readonly Dictionary<(PatternAlphabet, int States, int Min, int? Max), List<(PatternAutomaton Text, PatternTerminal Names)>>
        _known = [];

    /// <summary>The terminal of the names that fit.</summary>
    /// <param name="names">The names, some at least.</param>
    /// <param name="at">Where the schema says so.</param>
    /// <exception cref="Schemas.Faults.UnsupportedSchemaException">There are too many states.</exception>
    public PatternTerminal Of(PatternAutomaton names, string at)
    {
        var (text, min, max) = names.Counted ?? new CountedText(names, 0, null);
        var key = (text.Alphabet, text.StateCount, min, max);
        if (!_known.TryGetValue(key, out var alike))
            _known.Add(key, alike = []);
        var same = alike.FindIndex(other => other.Text.HasSameStates(text));
        if (same >= 0)
            return alike[same].Names;
        var terminal = PatternTerminal.Create(text, min, max, at)!;
        alike.Add((text, terminal));
        return terminal;
    }
}
