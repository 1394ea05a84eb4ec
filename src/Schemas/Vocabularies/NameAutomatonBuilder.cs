using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Qwen35Batch.Schemas.Vocabularies;

/// <summary>
/// Builds the smallest automaton of sorted names in one pass: what is behind the part that a name shares with the next one will not change
/// any more, and is replaced by the same rest of an earlier name, if there was one.
/// </summary>
internal sealed class NameAutomatonBuilder
{
    private const int EmptyPlace = -1;

    private readonly List<int> _edgesFrom = [0];
    private readonly List<byte> _bytes = [];
    private readonly List<int> _targets = [];
    private readonly List<int> _counts = [];
    private readonly List<int> _shortest = [];

    // What is still open: the edges of each state on the way of the last name.
    private readonly List<List<(byte Next, int Target)>> _path = [[]];
    private int[] _places = Filled(1 << 16);

    private NameAutomatonBuilder()
    {
        // The state after the closing quote.
        _edgesFrom.Add(0);
        _counts.Add(1);
        _shortest.Add(0);
    }

    /// <param name="names">Each ends as no other goes on.</param>
    /// <param name="order">Their indices, as <see cref="Sort"/> has them.</param>
    public static NameAutomaton Build(byte[][] names, int[] order)
    {
        var builder = new NameAutomatonBuilder();
        byte[] last = [];
        foreach (var index in order)
        {
            var name = names[index];
            var shared = last.AsSpan().CommonPrefixLength(name);
            if (shared == name.Length && shared > 0)
                continue;
            builder.Close(last, shared);
            builder.Open(name, shared);
            last = name;
        }
        builder.Close(last, 0);
        var start = builder.Keep(builder._path[0]);
        return new NameAutomaton(
            start,
            [.. builder._edgesFrom],
            [.. builder._bytes],
            [.. builder._targets],
            [.. builder._counts],
            [.. builder._shortest]);
    }

    /// <summary>The indices of names in the order of their bytes.</summary>
    public static int[] Sort(byte[][] names)
    {
        // Most names differ in their first bytes, which compare as numbers.
        var keys = Array.ConvertAll(names, static name => (First(name, 0), First(name, sizeof(ulong))));
        var order = new int[names.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        order.AsSpan().Sort((left, right) => keys[left].CompareTo(keys[right]) is var compared && compared != 0
            ? compared
            : names[left].AsSpan().SequenceCompareTo(names[right]));
        return order;
    }

    private static ulong First(byte[] name, int from)
    {
        if (name.Length >= from + sizeof(ulong))
            return BinaryPrimitives.ReadUInt64BigEndian(name.AsSpan(from));
        Span<byte> first = stackalloc byte[sizeof(ulong)];
        first.Clear();
        if (name.Length > from)
            name.AsSpan(from).CopyTo(first);
        return BinaryPrimitives.ReadUInt64BigEndian(first);
    }

    private void Open(byte[] name, int shared)
    {
        for (var depth = shared; depth < name.Length; depth++)
        {
            if (_path.Count == depth + 1)
                _path.Add([]);
            _path[depth].Add((name[depth], NameAutomaton.End));
        }
    }

    private void Close(byte[] name, int shared)
    {
        for (var depth = name.Length - 1; depth > shared; depth--)
        {
            var state = Keep(_path[depth]);
            _path[depth].Clear();
            CollectionsMarshal.AsSpan(_path[depth - 1])[^1].Target = state;
        }
    }

    private int Keep(List<(byte Next, int Target)> edges)
    {
        var mask = _places.Length - 1;
        var place = HashOf(edges) & mask;
        for (; _places[place] != EmptyPlace; place = (place + 1) & mask)
        {
            if (IsSame(_places[place], edges))
                return _places[place];
        }

        var state = _places[place] = _counts.Count;
        var (count, shortest) = (0, int.MaxValue);
        foreach (var (next, target) in edges)
        {
            _bytes.Add(next);
            _targets.Add(target);
            count += _counts[target];
            shortest = Math.Min(shortest, _shortest[target] + 1);
        }
        _edgesFrom.Add(_bytes.Count);
        _counts.Add(count);
        _shortest.Add(shortest);
        if (_counts.Count > _places.Length / 2)
            Grow();
        return state;
    }

    private bool IsSame(int state, List<(byte Next, int Target)> edges)
    {
        var from = _edgesFrom[state];
        if (_edgesFrom[state + 1] - from != edges.Count)
            return false;
        for (var i = 0; i < edges.Count; i++)
        {
            if (_bytes[from + i] != edges[i].Next || _targets[from + i] != edges[i].Target)
                return false;
        }

        return true;
    }

    private void Grow()
    {
        _places = Filled(_places.Length * 2);
        var edges = new List<(byte, int)>();
        for (var state = 1; state < _counts.Count; state++)
        {
            edges.Clear();
            for (var edge = _edgesFrom[state]; edge < _edgesFrom[state + 1]; edge++)
                edges.Add((_bytes[edge], _targets[edge]));
            var place = HashOf(edges) & (_places.Length - 1);
            while (_places[place] != EmptyPlace)
                place = (place + 1) & (_places.Length - 1);
            _places[place] = state;
        }
    }

    private static int HashOf(List<(byte Next, int Target)> edges)
    {
        var hash = 0u;
        foreach (var (next, target) in edges)
            hash = System.Numerics.BitOperations.RotateLeft((hash ^ ((uint)target * 0x9E3779B1) ^ next) * 0x85EBCA6B, 13);
        return (int)((hash ^ (hash >> 15)) & int.MaxValue);
    }

    private static int[] Filled(int length)
    {
        var places = new int[length];
        Array.Fill(places, EmptyPlace);
        return places;
    }
}
