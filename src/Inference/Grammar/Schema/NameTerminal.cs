using System.Text;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Writing;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>
/// What stands between the values of an object: the name of one of the properties that may follow, or the closing bracket. All positions
/// share one trie of the names; a state is a position and a node of the trie.
/// </summary>
internal sealed class NameTerminal : Terminal
{
    private const int BeforeFirst = 0;
    private const int AtName = 1;
    private const int Closed = 2;
    private const int Root = 3;

    private readonly ObjectNode _node;
    private readonly List<SortedDictionary<byte, int>> _children = [[], [], [], []];
    private readonly List<List<int>> _indices = [[], [], [], []];
    private readonly List<int> _depths = [0, 0, 0, 0];

    public NameTerminal(ObjectNode node)
    {
        _node = node;
        Texts = [.. node.Properties.Select(property => Encoding.UTF8.GetBytes(JsonText.Quote(property.Name) + ":"))];
        foreach (var (index, text) in Texts.Index())
        {
            var at = Root;
            _indices[at].Add(index);
            foreach (var next in text)
            {
                if (!_children[at].TryGetValue(next, out var child))
                {
                    _children[at].Add(next, child = _children.Count);
                    _children.Add([]);
                    _indices.Add([]);
                    _depths.Add(_depths[at] + 1);
                }
                at = child;
                _indices[at].Add(index);
            }
        }
    }

    /// <summary>The names as they are written, colons included.</summary>
    public IReadOnlyList<byte[]> Texts { get; }

    public override bool IsPunctuation => true;

    public static long Start(int position) => ((long)(position + 1) << 32) | BeforeFirst;

    /// <summary>Whether nothing has been written yet.</summary>
    public static bool IsAtStart(long state) => (int)state == BeforeFirst;

    /// <summary>Whether the end has been written.</summary>
    public static bool IsClosed(long state) => (int)state == Closed;

    /// <summary>How much of the name has been written.</summary>
    public int OffsetAt(long state) => _depths[NodeOf(state)];

    /// <summary>The properties that a state may still become, ascending.</summary>
    public IEnumerable<int> CandidatesAt(long state)
    {
        var (first, last) = _node.NamesAfter(PositionOf(state));
        var indices = _indices[NodeOf(state)];
        var from = indices.BinarySearch(first);
        for (var i = from < 0 ? ~from : from; i < indices.Count && indices[i] <= last; i++)
            yield return indices[i];
    }

    public override long Step(long state, byte next)
    {
        var position = PositionOf(state);
        var node = (int)state;
        if (node == BeforeFirst)
        {
            return position == ContainerNode.Opening
                ? next == '{' ? At(position, AtName) : None
                : next == '}' ? _node.MayEnd(position) ? At(position, Closed) : None
                : next == ',' && HasCandidates(At(position, Root)) ? At(position, Root) : None;
        }

        if (node == AtName && next == '}')
            return _node.MayEnd(position) ? At(position, Closed) : None;
        if (node == Closed || !_children[NodeOf(state)].TryGetValue(next, out var child))
            return None;
        return HasCandidates(At(position, child)) ? At(position, child) : None;
    }

    public override int Exit(long state)
    {
        var node = (int)state;
        return node == Closed ? ContainerNode.Close : node > Root && _children[node].Count == 0 ? _indices[node][0] : None;
    }

    public override bool CanContinue(long state) => Exit(state) == None;

    public override int OnlyByte(long state)
    {
        var position = PositionOf(state);
        var node = (int)state;
        if (node == BeforeFirst && position == ContainerNode.Opening)
            return '{';
        var mayEnd = node is BeforeFirst or AtName && _node.MayEnd(position);
        if (node == BeforeFirst)
            return mayEnd ? HasCandidates(At(position, Root)) ? None : '}' : ',';
        var only = mayEnd ? '}' : None;
        foreach (var (next, child) in _children[NodeOf(state)])
        {
            if (HasCandidates(At(position, child)))
            {
                if (only != None)
                    return None;
                only = next;
            }
        }

        return only;
    }

    private bool HasCandidates(long state)
    {
        var (first, last) = _node.NamesAfter(PositionOf(state));
        var indices = _indices[NodeOf(state)];
        var from = indices.BinarySearch(first);
        from = from < 0 ? ~from : from;
        return from < indices.Count && indices[from] <= last;
    }

    private static int NodeOf(long state) => (int)state is AtName or BeforeFirst ? Root : (int)state;

    private static long At(int position, int node) => ((long)(position + 1) << 32) | (uint)node;

    public static int PositionOf(long state) => (int)(state >> 32) - 1;
}
