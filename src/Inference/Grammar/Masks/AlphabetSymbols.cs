using System.Numerics;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The symbols of an alphabet for merged texts whose classes may be finer. Immutable.</summary>
internal sealed class AlphabetSymbols
{
    private readonly CharacterSymbols _characters;
    private readonly int[] _symbolOf;

    // By the last six bits of classes: the symbols of those classes as bits, and which of them hold characters that no text has.
    private readonly ulong[] _below = new ulong[64];
    private readonly ulong _strange;

    /// <param name="characters">The characters as symbols.</param>
    /// <param name="symbolOf">The symbol of each class, <see cref="PatternAutomaton.None"/> where no text has it, and less where no token
    /// does.</param>
    public AlphabetSymbols(CharacterSymbols characters, int[] symbolOf)
    {
        (_characters, _symbolOf) = (characters, symbolOf);
        for (var i = 0; i < symbolOf.Length; i++)
        {
            if (symbolOf[i] == PatternAutomaton.None)
                _strange |= 1UL << (i & 63);
            else if (symbolOf[i] >= 0)
                _below[i & 63] |= 1UL << (symbolOf[i] & 63);
        }
    }

    /// <summary>The symbol of each class.</summary>
    public ReadOnlySpan<int> SymbolOf => _symbolOf;

    /// <summary>The symbols of whole characters are below; those that stand for a character that is begun are not.</summary>
    public int WholeCount => _characters.WholeCount;

    /// <summary>The symbols that a begun character may become, each with the fewest bytes that are missing.</summary>
    public ReadOnlySpan<(int Bytes, int Symbol)> RestsOf(int symbol) => _characters.RestsOf(symbol);

    /// <summary>Symbols as bits, by the bits of classes; those that are alike in their last six bits share one.</summary>
    public ulong Below(ulong classes)
    {
        var symbols = 0UL;
        for (; classes != 0; classes &= classes - 1)
            symbols |= _below[BitOperations.TrailingZeroCount(classes)];
        return symbols;
    }

    /// <summary>Whether classes may hold a character that no text has.</summary>
    public bool MayBeStrange(ulong classes) => (classes & _strange) != 0;

    /// <summary>The most characters of texts that have only characters of the alphabet, at least.</summary>
    public int DepthOf(SymbolTrie trie)
    {
        var depth = 0;
        for (var i = 0; i < trie.Nodes.Length;)
        {
            ref readonly var node = ref trie.Nodes[i];
            if (trie.Deepest[i] <= depth || (i > 0 && _symbolOf[node.Symbol] == PatternAutomaton.None))
            {
                i = node.End;
            }
            else if (MayBeStrange(trie.Below[i]))
            {
                depth = Math.Max(depth, node.Depth);
                i++;
            }
            else
            {
                (depth, i) = (trie.Deepest[i], node.End);
            }
        }

        return depth;
    }
}
