using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// The characters of a vocabulary as the symbols of an automaton's alphabet, and those that are begun by what they become.
/// </summary>
internal sealed class CharacterSymbols
{
    private readonly int[] _symbols;
    private readonly List<(int Bytes, int Symbol)[]> _rests = [];

    /// <param name="codePoints">The characters, ascending.</param>
    /// <param name="begun">States of a pattern's terminal within a character: the characters behind these.</param>
    /// <param name="alphabet">The symbols.</param>
    public CharacterSymbols(ReadOnlySpan<int> codePoints, IReadOnlyList<long> begun, PatternAlphabet alphabet)
    {
        WholeCount = alphabet.Count;
        _symbols = new int[codePoints.Length + begun.Count];
        var range = 0;
        for (var i = 0; i < codePoints.Length; i++)
        {
            while (range < alphabet.Ranges.Length && alphabet.Ranges[range].High < codePoints[i])
                range++;
            _symbols[i] = range < alphabet.Ranges.Length && alphabet.Ranges[range].Low <= codePoints[i]
                ? alphabet.Ranges[range].Symbol
                : PatternAutomaton.None;
        }

        for (var i = 0; i < begun.Count; i++)
            _symbols[codePoints.Length + i] = SymbolOf(PatternTerminal.RestsOf(alphabet, begun[i]));
    }

    /// <summary>The symbol of each character, or <see cref="PatternAutomaton.None"/> where no text has it.</summary>
    public ReadOnlySpan<int> Symbols => _symbols;

    /// <summary>The symbols of whole characters are below; those that stand for a character that is begun are not.</summary>
    public int WholeCount { get; }

    /// <summary>All symbols are below.</summary>
    public int Count => WholeCount + _rests.Count;

    /// <summary>The most bytes that are missing of a begun character.</summary>
    public int MostMissing { get; private set; }

    /// <summary>The symbols that a begun character may become, each with the fewest bytes that are missing.</summary>
    public ReadOnlySpan<(int Bytes, int Symbol)> RestsOf(int symbol) => _rests[symbol - WholeCount];

    private int SymbolOf((int Bytes, int Symbol)[] rests)
    {
        if (rests.Length == 0)
            return PatternAutomaton.None;
        var known = _rests.FindIndex(other => other.AsSpan().SequenceEqual(rests));
        if (known < 0)
        {
            known = _rests.Count;
            _rests.Add(rests);
            MostMissing = Math.Max(MostMissing, rests.Max(rest => rest.Bytes));
        }
        return WholeCount + known;
    }
}
