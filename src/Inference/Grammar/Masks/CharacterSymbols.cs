using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The characters of a vocabulary as the symbols of an automaton's alphabet.</summary>
internal sealed class CharacterSymbols
{
    private readonly int[] _symbols;
    private readonly int[][] _symbolsOfClass;

    /// <param name="codePoints">The characters, ascending.</param>
    /// <param name="kinds">Their kinds.</param>
    /// <param name="alphabet">The symbols.</param>
    public CharacterSymbols(int[] codePoints, int[] kinds, PatternAlphabet alphabet)
    {
        _symbols = new int[codePoints.Length];
        var ofClass = new HashSet<int>?[CharacterClass.Count];
        var range = 0;
        for (var i = 0; i < codePoints.Length; i++)
        {
            while (range < alphabet.Ranges.Length && alphabet.Ranges[range].High < codePoints[i])
                range++;
            _symbols[i] = range < alphabet.Ranges.Length && alphabet.Ranges[range].Low <= codePoints[i]
                ? alphabet.Ranges[range].Symbol
                : PatternAutomaton.None;
            (ofClass[kinds[i]] ??= []).Add(_symbols[i]);
        }
        _symbolsOfClass = Array.ConvertAll(ofClass, symbols => symbols?.ToArray() ?? []);
    }

    /// <summary>The symbol of each character, or <see cref="PatternAutomaton.None"/>.</summary>
    public ReadOnlySpan<int> Symbols => _symbols;

    /// <summary>The kinds of characters that all lead from a state back to it, as bits.</summary>
    public ulong StayingClasses(PatternAutomaton text, int state)
    {
        var staying = 0UL;
        for (var i = 0; i < _symbolsOfClass.Length; i++)
        {
            if (Array.TrueForAll(_symbolsOfClass[i], symbol => symbol != PatternAutomaton.None && text.NextOf(state, symbol) == state))
                staying |= 1UL << i;
        }

        return staying;
    }
}
