using System.Collections.Concurrent;
using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// What walks from places of patterns have found below nodes that have much below them. Most characters lead from a new state to where
/// others lead as well, and what is below them then is known. Thread-safe.
/// </summary>
internal sealed class KnownWalks
{
    // Below so few nodes a walk is as fast.
    private const int FewNodes = 256;

    // Of twelve bytes each; what is known of a node takes as much as so many.
    private const int MostRanges = 3 << 20;
    private const int RangesOfNode = 16;

    private readonly ConcurrentDictionary<Place, TakenNodes[]> _known = new();
    private int _ranges;

    public static bool AreWorth(int nodes) => nodes >= FewNodes;

    /// <summary>The nodes that are taken at and below one, or null where that is not known.</summary>
    public TakenNodes[]? Find(Place place) => _known.GetValueOrDefault(place);

    public void Keep(Place place, TakenNodes[] taken)
    {
        if (Interlocked.Add(ref _ranges, RangesOfNode + taken.Length) > MostRanges)
        {
            _known.Clear();
            Interlocked.Exchange(ref _ranges, RangesOfNode + taken.Length);
        }
        _known[place] = taken;
    }

    /// <param name="Terminal">The pattern.</param>
    /// <param name="Aim">What is taken.</param>
    /// <param name="Node">The node.</param>
    /// <param name="State">The state of the automaton there.</param>
    /// <param name="Count">The characters before the texts.</param>
    public readonly record struct Place(PatternTerminal Terminal, WalkAim Aim, int Node, int State, int Count);
}
