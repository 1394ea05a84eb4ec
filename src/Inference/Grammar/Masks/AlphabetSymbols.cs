using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The symbols of an alphabet for merged texts whose classes may be finer. Immutable.</summary>
/// <param name="characters">The characters as symbols.</param>
/// <param name="symbolOf">The symbol of each class, <see cref="PatternAutomaton.None"/> where no text has it, and less where no token
/// does.</param>
internal sealed class AlphabetSymbols(CharacterSymbols characters, int[] symbolOf)
{
    /// <summary>The symbol of each class.</summary>
    public ReadOnlySpan<int> SymbolOf => symbolOf;

    /// <summary>The symbols of whole characters are below; those that stand for a character that is begun are not.</summary>
    public int WholeCount => characters.WholeCount;

    /// <summary>All symbols are below.</summary>
    public int Count => characters.Count;

    /// <summary>The most bytes that are missing of a begun character.</summary>
    public int MostMissing => characters.MostMissing;

    /// <summary>The symbols that a begun character may become, each with the fewest bytes that are missing.</summary>
    public ReadOnlySpan<(int Bytes, int Symbol)> RestsOf(int symbol) => characters.RestsOf(symbol);

    /// <summary>The nodes whose texts have only characters of the alphabet.</summary>
    public List<(int From, int To)> NodesOf(SymbolTrie trie)
    {
        var found = new List<(int From, int To)>();
        var from = 0;
        for (var i = 1; i < trie.Nodes.Length;)
        {
            if (symbolOf[trie.Nodes[i].Symbol] >= 0)
            {
                i++;
                continue;
            }

            if (from < i)
                found.Add((from, i));
            i = from = trie.Nodes[i].End;
        }

        if (from < trie.Nodes.Length)
            found.Add((from, trie.Nodes.Length));
        return found;
    }
}
