using System.Runtime.CompilerServices;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>Merged texts as an alphabet sees them: what stands below a node, texts with other characters left out. Immutable.</summary>
internal sealed class AlphabetTrie
{
    private readonly SymbolTrie _trie;
    private readonly ulong[] _below;
    private readonly int[] _deepest;

    /// <param name="trie">The texts.</param>
    /// <param name="symbols">The symbols of their classes.</param>
    public AlphabetTrie(SymbolTrie trie, AlphabetSymbols symbols)
    {
        (_trie, Symbols) = (trie, symbols);
        (_below, _deepest) = (new ulong[trie.BroadCount], new int[trie.BroadCount]);
        LookBelow();
    }

    public AlphabetSymbols Symbols { get; }

    public bool HasBegun => _trie.HasBegun;

    /// <summary>The most characters of a text.</summary>
    public int Depth => _deepest[0];

    /// <summary>The bytes of memory that only these take.</summary>
    public long Bytes => _below.Length * (long)(sizeof(ulong) + sizeof(int));

    public ReadOnlySpan<SymbolTrie.Node> Nodes => _trie.Nodes;

    /// <summary>
    /// Of a node that is broad (<see cref="SymbolTrie.IsBroad"/>) the symbols below it as bits, where those that are alike in their last
    /// six bits share one; and the most characters at it and below.
    /// </summary>
    public (ulong Below, int Deepest) Of(int node)
    {
        var broad = _trie.BroadOf(node);
        return (_below[broad], _deepest[broad]);
    }

    // Optimized at once: the first answer would wait for hundreds of thousands of nodes in code that is not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LookBelow()
    {
        // By the number of characters: what stands at nodes that have been met while the one above them has not.
        var (below, deepest) = (new ulong[_trie.Depth + 2], new int[_trie.Depth + 2]);
        var nodes = _trie.Nodes;
        var symbolOf = Symbols.SymbolOf;
        var broad = _trie.BroadCount;
        for (var i = nodes.Length - 1; i >= 0; i--)
        {
            ref readonly var node = ref nodes[i];
            var (depth, symbols) = (node.Depth, below[node.Depth + 1]);
            var most = Math.Max(depth, deepest[depth + 1]);
            (below[depth + 1], deepest[depth + 1]) = (0, 0);
            if (SymbolTrie.IsBroad(i, node.End))
                (_below[--broad], _deepest[broad]) = (symbols, most);
            if (i > 0 && symbolOf[node.Symbol] is var symbol and >= 0)
                (below[depth], deepest[depth]) = (below[depth] | symbols | 1UL << (symbol & 63), Math.Max(deepest[depth], most));
        }
    }
}
