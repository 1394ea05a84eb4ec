namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>A terminal with its states written out: numbers, enumerations, punctuation. It starts in state 0.</summary>
internal class TableTerminal : Terminal
{
    private readonly int[] _edgesFrom;
    private readonly byte[] _bytes;
    private readonly int[] _targets;
    private readonly int[] _exits;

    /// <param name="edges">The edges of each state.</param>
    /// <param name="exits">The label under which each state may end the piece, or <see cref="Terminal.None"/>.</param>
    public TableTerminal(IReadOnlyList<SortedDictionary<byte, int>> edges, IReadOnlyList<int> exits)
    {
        _exits = [.. exits];
        _edgesFrom = new int[edges.Count + 1];
        for (var state = 0; state < edges.Count; state++)
            _edgesFrom[state + 1] = _edgesFrom[state] + edges[state].Count;
        _bytes = [.. edges.SelectMany(state => state.Keys)];
        _targets = [.. edges.SelectMany(state => state.Values)];
    }

    public int StateCount => _exits.Length;

    /// <summary>The bytes that may follow a state, ascending, and the states that they lead to.</summary>
    public (ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<int> Targets) EdgesOf(int state)
    {
        var edges = _edgesFrom[state].._edgesFrom[state + 1];
        return (_bytes.AsMemory(edges), _targets.AsMemory(edges));
    }

    public override long Step(long state, byte next)
    {
        var from = _edgesFrom[state];
        var edge = _bytes.AsSpan(from, _edgesFrom[state + 1] - from).BinarySearch(next);
        return edge < 0 ? None : _targets[from + edge];
    }

    public override int Exit(long state) => _exits[state];

    public override bool CanContinue(long state) => _edgesFrom[state + 1] > _edgesFrom[state];

    public override int OnlyByte(long state) => _edgesFrom[state + 1] - _edgesFrom[state] == 1 ? _bytes[_edgesFrom[state]] : None;
}
