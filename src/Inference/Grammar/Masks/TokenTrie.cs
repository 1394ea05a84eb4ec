using System.Runtime.InteropServices;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>A vocabulary's tokens by their bytes. Node 0 is the root; the children of a node stand next to one another.</summary>
internal sealed class TokenTrie
{
    public const int None = -1;

    private readonly byte[] _bytes;
    private readonly int[] _childrenFrom;
    private readonly int[] _childrenTo;
    private readonly int[] _tokensFrom;
    private readonly int[] _tokensTo;
    private readonly int[] _tokens;

    public TokenTrie(TokenVocabulary vocabulary)
    {
        // Sorted by their bytes, the tokens below a node stand next to one another, those that end at the node first.
        _tokens = [.. Enumerable.Range(0, vocabulary.Size).Where(id => vocabulary[id] is { Length: > 0 })];
        var texts = Array.ConvertAll(_tokens, id => vocabulary[id]!);
        Array.Sort(texts, _tokens, Comparer<byte[]>.Create(static (left, right) => left.AsSpan().SequenceCompareTo(right)));
        MaxLength = texts.Length == 0 ? 0 : texts.Max(text => text.Length);

        var nodes = new List<Node> { new(0, 0, texts.Length, 0) };
        var (childrenFrom, childrenTo, tokensTo) = (new List<int>(), new List<int>(), new List<int>());
        for (var i = 0; i < nodes.Count; i++)
        {
            var (_, from, to, depth) = nodes[i];
            while (from < to && texts[from].Length == depth)
                from++;
            tokensTo.Add(from);
            childrenFrom.Add(nodes.Count);
            while (from < to)
            {
                var next = texts[from][depth];
                var first = from;
                while (from < to && texts[from][depth] == next)
                    from++;
                nodes.Add(new Node(next, first, from, depth + 1));
            }
            childrenTo.Add(nodes.Count);
        }
        var all = CollectionsMarshal.AsSpan(nodes);
        (_bytes, _tokensFrom) = (new byte[all.Length], new int[all.Length]);
        for (var i = 0; i < all.Length; i++)
            (_bytes[i], _tokensFrom[i]) = (all[i].Byte, all[i].From);
        (_childrenFrom, _childrenTo, _tokensTo) = ([.. childrenFrom], [.. childrenTo], [.. tokensTo]);
        MaxItems = texts.Length == 0 ? 0 : texts.Max(Items);
    }

    /// <summary>The number of bytes of the longest token.</summary>
    public int MaxLength { get; }

    /// <summary>No token completes more items of an array than this.</summary>
    public int MaxItems { get; }

    /// <summary>The byte that leads to a node.</summary>
    public byte ByteOf(int node) => _bytes[node];

    public Range ChildrenOf(int node) => _childrenFrom[node].._childrenTo[node];

    public bool HasChildren(int node) => _childrenFrom[node] < _childrenTo[node];

    /// <summary>The ids of the tokens that end at a node.</summary>
    public ReadOnlySpan<int> TokensAt(int node) => _tokens.AsSpan(_tokensFrom[node], _tokensTo[node] - _tokensFrom[node]);

    /// <summary>The same, to be kept.</summary>
    public ReadOnlyMemory<int> TokenListAt(int node) => _tokens.AsMemory(_tokensFrom[node], _tokensTo[node] - _tokensFrom[node]);

    /// <summary>The child that a byte leads to, or <see cref="None"/>.</summary>
    public int Child(int node, byte next)
    {
        var child = _bytes.AsSpan(_childrenFrom[node], _childrenTo[node] - _childrenFrom[node]).BinarySearch(next);
        return child < 0 ? None : _childrenFrom[node] + child;
    }

    /// <summary>The node that a text leads to, or <see cref="None"/>.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        var node = 0;
        for (var i = 0; i < text.Length && node != None; i++)
            node = Child(node, text[i]);
        return node;
    }

    // A comma between items begins the token or follows the last byte of a value.
    private static int Items(byte[] text)
    {
        var items = 0;
        for (var at = text.AsSpan().IndexOf((byte)','); at >= 0 && at < text.Length; at++)
        {
            if (text[at] == ','
                && (at == 0
                    || text[at - 1] is (byte)'"' or (byte)']' or (byte)'}' or (byte)'e' or (byte)'l' or (>= (byte)'0' and <= (byte)'9')))
            {
                items++;
            }
        }

        return items;
    }

    private readonly record struct Node(byte Byte, int From, int To, int Depth);
}
