using System.Numerics;
using System.Runtime.CompilerServices;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// Follows merged texts from places of several patterns at once. Where all that may stand below a node is taken by the same of them, it is
/// not followed: that is seen on the automata alone. Not thread-safe; used again, since its memory is large.
/// </summary>
internal sealed class PatternWalk
{
    /// <summary>The most patterns at once.</summary>
    public const int MostPlaces = 64;

    // Looking ahead may take so small a part of what the whole walk would, and each time so many steps at least.
    private const int Saving = 4;
    private const int FewSteps = 512;

    private readonly JointStates _states = new();
    private readonly List<(int From, int To)>[] _changed = new List<(int From, int To)>[MostPlaces];
    private readonly int[] _from = new int[MostPlaces];
    private int[] _path = [];
    private int[] _seen = [];
    private int _looks;
    private int _steps;
    private List<int> _open = [];
    private List<int> _next = [];

    /// <summary>
    /// The nodes whose texts are taken by one of two patterns, a place's and that of the place before, and not by the other; of the first
    /// place those that are taken by its pattern. Places are often much alike.
    /// </summary>
    public List<(int From, int To)> ChangedAt(int place) => _changed[place] ??= [];

    /// <summary>Whether its memory is too large to be kept.</summary>
    public bool IsLarge => _states.IsLarge;

    /// <summary>Follows the texts.</summary>
    /// <param name="trie">The texts. Those with characters that the patterns' alphabet lacks may be taken along with others.</param>
    /// <param name="places">At most <see cref="MostPlaces"/>, of patterns with the trie's alphabet.</param>
    /// <param name="endsOnly">Whether texts are taken where the patterns may end, whatever the limits are.</param>
    /// <param name="asOne">Whether the nodes that any of the patterns takes are found, as those of the first place.</param>
    /// <returns>False where several patterns have too many states side by side: then fewer have to be followed at once.</returns>
    // Optimized at once: an answer would wait long for the first walk in code that is not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Follow(AlphabetTrie trie, PatternPlace[] places, bool endsOnly, bool asOne)
    {
        for (var place = 0; place < places.Length; place++)
            ChangedAt(place).Clear();
        _from.AsSpan().Fill(-1);
        _seen.AsSpan().Clear();
        (_steps, _looks) = (trie.Nodes.Length / Saving, 0);
        if (_path.Length < trie.Depth + 2)
            _path = new int[trie.Depth + 2];

        // The states of the text that is being followed, by its characters.
        var path = _path;
        path[0] = _states.Begin(places, trie, endsOnly, asOne);
        var (steps, takenBy, shift) = (_states.Next, _states.Taken, _states.Shift);
        var nodes = trie.Nodes;
        var symbolOf = trie.Symbols.SymbolOf;
        var all = asOne ? 1 : ulong.MaxValue >> (MostPlaces - places.Length);
        var taken = 0UL;
        for (var i = 0; i < nodes.Length;)
        {
            ref readonly var node = ref nodes[i];
            var state = path[0];
            if (i > 0)
            {
                var before = path[node.Depth - 1];
                var symbol = Math.Max(symbolOf[node.Symbol], -1);
                state = steps[(before << shift) + 1 + symbol];
                if (state == JointStates.Unknown)
                {
                    state = _states.Step(before, symbol);
                    if (_states.AreTooMany)
                        return false;
                    (steps, takenBy) = (_states.Next, _states.Taken);
                }

                path[node.Depth] = state;
            }

            if (takenBy[state] is var following && following != taken)
            {
                Change((taken ^ (taken << 1) ^ following ^ (following << 1)) & all, i);
                taken = following;
            }

            // Where nothing goes on from a few nodes they are passed as soon as that is seen.
            if (!SymbolTrie.IsBroad(i, node.End))
            {
                i++;
                continue;
            }

            i = state == JointStates.Dead || AreAlike(trie, state, i) ? node.End : i + 1;
            (steps, takenBy) = (_states.Next, _states.Taken);
        }

        Change((taken ^ (taken << 1)) & all, nodes.Length);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Change(ulong changed, int node)
    {
        for (; changed != 0; changed &= changed - 1)
        {
            var place = BitOperations.TrailingZeroCount(changed);
            if (_from[place] < 0)
            {
                _from[place] = node;
                continue;
            }

            _changed[place].Add((_from[place], node));
            _from[place] = -1;
        }
    }

    /// <summary>Whether any text of the symbols below a node, as long as those there, is taken as the node's is.</summary>
    private bool AreAlike(AlphabetTrie trie, int state, int node)
    {
        var (below, deepest) = trie.Of(node);
        if (_states.AreAlike(state, below) is { } seen)
            return seen;
        var allowed = Math.Min(_steps, Math.Max(FewSteps, (trie.Nodes[node].End - node) / Saving));
        var left = allowed;
        var areAlike = Foresee(state, below, deepest - trie.Nodes[node].Depth, ref left);
        _steps -= allowed - Math.Max(left, 0);
        return areAlike;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Foresee(int state, ulong below, int most, ref int steps)
    {
        _looks++;
        _open.Clear();
        See(state);
        _open.Add(state);
        var taken = _states.Taken[state];
        for (var length = 0; _open.Count > 0 && length < most; length++)
        {
            _next.Clear();
            foreach (var from in _open)
            {
                for (var symbol = 0; symbol < _states.Width; symbol++)
                {
                    if ((below >> (symbol & 63) & 1) == 0)
                        continue;
                    if (--steps < 0)
                        return false;
                    var following = _states.Step(from, symbol);
                    if (_states.Taken[following] != taken)
                        return false;
                    if (following != JointStates.Dead && See(following))
                        _next.Add(following);
                }
            }

            (_open, _next) = (_next, _open);
        }

        return true;
    }

    private bool See(int state)
    {
        if (state >= _seen.Length)
            Array.Resize(ref _seen, Math.Max(_states.Count, 2 * _seen.Length));
        if (_seen[state] == _looks)
            return false;
        _seen[state] = _looks;
        return true;
    }
}
