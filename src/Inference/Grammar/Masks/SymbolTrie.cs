using System.Buffers;
using System.Runtime.CompilerServices;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// Texts whose characters an alphabet does not tell apart, merged: what is many thousands of words is one node where all letters are one
/// symbol. Texts with a character that is no symbol are left out. The nodes stand in the order of a walk that goes down first, so that what
/// is below a node stands together. Immutable.
/// </summary>
internal sealed class SymbolTrie
{
    private const int FewNodes = 16;

    private readonly Node[] _nodes;
    private readonly int[] _broad;
    private readonly int[] _itemsTo;

    /// <param name="texts">The texts.</param>
    /// <param name="symbols">The symbols of their characters.</param>
    /// <param name="wholeCount">The symbols of whole characters are below.</param>
    public SymbolTrie(SortedTexts texts, ReadOnlySpan<int> symbols, int wholeCount)
    {
        var nodeOf = new int[texts.Items.Length];
        using var found = Merge(texts, symbols, nodeOf);
        var count = found.Count;
        (_nodes, _broad, _itemsTo) = (new Node[count], new int[count], new int[count]);
        var places = Order(found);
        var items = 0;
        foreach (var node in nodeOf)
        {
            if (node >= 0)
                (_itemsTo[places[node]], items) = (_itemsTo[places[node]] + 1, items + 1);
        }

        // Where the items of each node begin; each moves it on until it is where they end.
        var from = 0;
        foreach (ref var to in _itemsTo.AsSpan())
            (to, from) = (from, from + to);
        Items = new int[items];
        for (var i = 0; i < nodeOf.Length; i++)
        {
            if (nodeOf[i] >= 0)
                Items[_itemsTo[places[nodeOf[i]]]++] = texts.Items[i];
        }

        Depth = texts.Depth;
        HasBegun = Array.Exists(_nodes, node => node.Symbol >= wholeCount);
    }

    /// <summary>The most characters of a text, at least.</summary>
    public int Depth { get; }

    /// <summary>Whether texts end with a symbol that stands for a character that is begun.</summary>
    public bool HasBegun { get; }

    /// <summary>The root first, then the children of each node with all that is below them.</summary>
    public ReadOnlySpan<Node> Nodes => _nodes;

    /// <summary>The number of nodes that are broad.</summary>
    public int BroadCount { get; private set; }

    /// <summary>The items of the texts in the order of their nodes.</summary>
    public int[] Items { get; }

    /// <summary>For each node where its own items end; they begin where those of the node before do.</summary>
    public ReadOnlySpan<int> ItemsTo => _itemsTo;

    public long Bytes => (_nodes.Length * (12L + sizeof(int) + sizeof(int))) + (Items.Length * (long)sizeof(int));

    /// <summary>Whether it is worth to know what stands below a node; fewer nodes are followed sooner than an automaton is asked.</summary>
    public static bool IsBroad(int node, int end) => end - node >= FewNodes || node == 0;

    /// <summary>The number of a node among those that are broad.</summary>
    public int BroadOf(int node) => _broad[node];

    // Optimized at once: the first answer would wait for hundreds of thousands of characters in code that is not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static FoundNodes Merge(SortedTexts texts, ReadOnlySpan<int> symbols, int[] nodeOf)
    {
        var found = new FoundNodes();
        var path = new int[texts.Depth + 1];
        var shared = texts.Shared;
        var to = texts.To;
        var characters = texts.Characters;

        // How far the text before could be followed.
        var reached = 0;
        var next = 0;
        for (var i = 0; i < nodeOf.Length; i++)
        {
            nodeOf[i] = -1;
            var from = next;
            next = to[i];
            if (shared[i] > reached)
                continue;
            var depth = shared[i];
            for (; from < next && symbols[characters[from]] is var symbol && symbol != PatternAutomaton.None; from++, depth++)
            {
                // Characters that stand beside one another often are the same symbol.
                var last = path[depth + 1];
                path[depth + 1] = found.Is(last, path[depth], symbol) ? last : found.Child(path[depth], symbol);
            }
            reached = depth;
            if (from == next)
                nodeOf[i] = path[depth];
        }
        return found;
    }

    /// <summary>Puts the nodes in their order.</summary>
    /// <returns>Where each one found stands.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int[] Order(FoundNodes found)
    {
        // Each is found after the one above it.
        var count = found.Count;
        var sizes = new int[count];
        for (var i = count - 1; i >= 0; i--)
        {
            sizes[i]++;
            if (i > 0)
                sizes[found.ParentOf(i)] += sizes[i];
        }

        var places = new int[count];
        var free = new int[count];
        for (var i = 0; i < count; i++)
        {
            var (parent, symbol, depth) = (0, PatternAutomaton.None, 0);
            if (i > 0)
            {
                (parent, symbol) = (found.ParentOf(i), found.SymbolOf(i));
                (places[i], free[parent]) = (free[parent], free[parent] + sizes[i]);
                depth = _nodes[places[parent]].Depth + 1;
            }
            free[i] = places[i] + 1;
            _nodes[places[i]] = new Node(symbol, depth, places[i] + sizes[i]);
        }

        for (var i = 0; i < count; i++)
        {
            if (IsBroad(i, _nodes[i].End))
                _broad[i] = BroadCount++;
        }
        return places;
    }

    /// <summary>Texts that begin alike.</summary>
    /// <param name="Symbol">The last symbol.</param>
    /// <param name="Depth">The number of symbols.</param>
    /// <param name="End">The first node that is not below this one.</param>
    public readonly record struct Node(int Symbol, int Depth, int End);

    /// <summary>The nodes in the order in which they are found, by the node above and the symbol that leads to them.</summary>
    private sealed class FoundNodes : IDisposable
    {
        private const ulong Golden = 0x9E3779B97F4A7C15;
        private const int FewBits = 12;

        // New memory takes longer than the nodes do: it is used again.
        private long[] _keys = ArrayPool<long>.Shared.Rent(1 << FewBits);
        private int[] _table = RentTable(FewBits);
        private int _bits = FewBits;

        public int Count { get; private set; } = 1;

        public int ParentOf(int node) => (int)(_keys[node] >> 32);

        public int SymbolOf(int node) => (int)_keys[node];

        public bool Is(int node, int parent, int symbol) => node > 0 && _keys[node] == Key(parent, symbol);

        public int Child(int parent, int symbol)
        {
            var key = Key(parent, symbol);
            var at = Slot(key);
            for (; _table[at] is var known && known > 0; at = (at + 1) & ((1 << _bits) - 1))
            {
                if (_keys[known] == key)
                    return known;
            }

            if (Count == _keys.Length)
                GrowKeys();
            _keys[Count] = key;
            _table[at] = Count;
            if (2 * ++Count > 1 << _bits)
                GrowTable();
            return Count - 1;
        }

        public void Dispose()
        {
            ArrayPool<long>.Shared.Return(_keys);
            ArrayPool<int>.Shared.Return(_table);
        }

        private static long Key(int parent, int symbol) => ((long)parent << 32) | (uint)symbol;

        private static int[] RentTable(int bits)
        {
            var table = ArrayPool<int>.Shared.Rent(1 << bits);
            table.AsSpan(0, 1 << bits).Clear();
            return table;
        }

        private int Slot(long key) => (int)(((ulong)key * Golden) >> (64 - _bits));

        private void GrowKeys()
        {
            var more = ArrayPool<long>.Shared.Rent(2 * _keys.Length);
            _keys.CopyTo(more, 0);
            ArrayPool<long>.Shared.Return(_keys);
            _keys = more;
        }

        private void GrowTable()
        {
            ArrayPool<int>.Shared.Return(_table);
            _table = RentTable(_bits += 2);
            for (var node = 1; node < Count; node++)
            {
                var at = Slot(_keys[node]);
                while (_table[at] > 0)
                    at = (at + 1) & ((1 << _bits) - 1);
                _table[at] = node;
            }
        }
    }
}
