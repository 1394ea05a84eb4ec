using System.Buffers;
using System.Text;
using System.Text.Json;
using Qwen35Batch.Schemas.Writing;

namespace Qwen35Batch.Schemas.Vocabularies;

/// <summary>
/// A list of names as the smallest automaton over their bytes. A name is written as it stands within a JSON string, its closing quote
/// included: no name is then the beginning of another, and all names end in state 0. The names are numbered in the order of their bytes.
/// Immutable.
/// </summary>
internal sealed class NameAutomaton
{
    public const int None = -1;

    /// <summary>The state after a closing quote.</summary>
    public const int End = 0;

    private static readonly SearchValues<char> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, ' ').Select(value => (char)value), '"', '\\']);

    private readonly int[] _edgesFrom;
    private readonly byte[] _bytes;
    private readonly int[] _targets;
    private readonly int[] _counts;
    private readonly int[] _shortest;

    internal NameAutomaton(int start, int[] edgesFrom, byte[] bytes, int[] targets, int[] counts, int[] shortest) =>
        (Start, _edgesFrom, _bytes, _targets, _counts, _shortest) = (start, edgesFrom, bytes, targets, counts, shortest);

    /// <summary>The state after the opening quote.</summary>
    public int Start { get; }

    /// <summary>The number of names.</summary>
    public int Count => _counts[Start];

    public int StateCount => _counts.Length;

    /// <summary>The bytes of memory that it takes.</summary>
    public long Bytes => _bytes.Length + (4L * (_edgesFrom.Length + _targets.Length + _counts.Length + _shortest.Length));

    /// <param name="names">In any order; those that are there twice count once.</param>
    public static NameAutomaton Create(IEnumerable<string> names)
    {
        var written = names.Select(Written).ToArray();
        return NameAutomatonBuilder.Build(written, NameAutomatonBuilder.Sort(written));
    }

    /// <summary>How a name is written within a JSON string, closing quote included.</summary>
    public static byte[] Written(string name)
    {
        if (name.AsSpan().IndexOfAny(Escaped) < 0)
        {
            var plain = new byte[Encoding.UTF8.GetByteCount(name) + 1];
            Encoding.UTF8.GetBytes(name, plain);
            plain[^1] = (byte)'"';
            return plain;
        }

        var quoted = JsonText.Quote(name);
        return Encoding.UTF8.GetBytes(quoted, 1, quoted.Length - 1);
    }

    /// <summary>How many names can still be written.</summary>
    public int CountAt(int state) => _counts[state];

    /// <summary>The bytes of the shortest rest of a name, closing quote included.</summary>
    public int ShortestAt(int state) => _shortest[state];

    /// <summary>The bytes that may follow a state, ascending.</summary>
    public ReadOnlySpan<byte> BytesAt(int state) => _bytes.AsSpan(_edgesFrom[state], _edgesFrom[state + 1] - _edgesFrom[state]);

    /// <summary>The states that they lead to.</summary>
    public ReadOnlySpan<int> TargetsAt(int state) => _targets.AsSpan(_edgesFrom[state], _edgesFrom[state + 1] - _edgesFrom[state]);

    /// <summary>The state after a byte, or <see cref="None"/>.</summary>
    public int Step(int state, byte next)
    {
        var edge = BytesAt(state).BinarySearch(next);
        return edge < 0 ? None : _targets[_edgesFrom[state] + edge];
    }

    /// <summary>The number of a name, or <see cref="None"/> when it is not in the list.</summary>
    public int IndexOf(string name)
    {
        var (state, index) = (Start, 0);
        foreach (var next in Written(name))
        {
            var bytes = BytesAt(state);
            var edge = bytes.BinarySearch(next);
            if (edge < 0)
                return None;
            var targets = TargetsAt(state);
            for (var before = 0; before < edge; before++)
                index += _counts[targets[before]];
            state = targets[edge];
        }
        return state == End ? index : None;
    }

    /// <summary>The name of a number.</summary>
    public string NameAt(int index)
    {
        var text = new List<byte> { (byte)'"' };
        for (var state = Start; state != End;)
        {
            var targets = TargetsAt(state);
            var edge = 0;
            for (; index >= _counts[targets[edge]]; edge++)
                index -= _counts[targets[edge]];
            text.Add(BytesAt(state)[edge]);
            state = targets[edge];
        }
        return JsonSerializer.Deserialize<string>([.. text])!;
    }
}
