using System.Runtime.InteropServices;

namespace Qwen35Batch.Inference.Batching.Sequences;

/// <summary>Finds stop sequences in the bytes of an answer, also across the borders of tokens.</summary>
internal sealed class StopMatcher(IReadOnlyList<byte[]> stops)
{
    private readonly int _longest = stops.Max(stop => stop.Length);
    private readonly List<byte> _tail = [];

    /// <summary>Returns true when these bytes complete a stop sequence.</summary>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        // What is older than the longest stop sequence less one byte cannot be part of a new match.
        var old = Math.Min(_tail.Count, _longest - 1);
        _tail.RemoveRange(0, _tail.Count - old);
        foreach (var value in bytes)
        {
            _tail.Add(value);
        }

        var text = CollectionsMarshal.AsSpan(_tail);
        foreach (var stop in stops)
        {
            if (text.IndexOf(stop) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
