using System.Numerics;
using System.Runtime.CompilerServices;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// The states of several patterns of one alphabet side by side, numbered as they are met. What is made of a text by each pattern is a bit.
/// Not thread-safe; used again by one walk after another.
/// </summary>
internal sealed class JointStates
{
    /// <summary>The number where no pattern has a text any more.</summary>
    public const int Dead = 0;

    /// <summary>Of a step that has not been taken.</summary>
    public const int Unknown = -1;

    // One pattern has no text any more, or has taken the text up to a character that is begun.
    private const long Lost = -1;
    private const long Begun = -2;

    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const int FewBits = 8;
    private const int MostKeptBits = 16;

    // Several patterns that have little in common may have as many as there are texts.
    private const int MostTogether = 1 << 14;

    private PatternPlace[] _places = [];
    private AlphabetSymbols _symbols = null!;
    private bool _endsOnly;
    private bool _asOne;
    private int _depth;
    private int _count;

    // By number: the state and count of each pattern, the step after each symbol, and the bits.
    private long[] _keys = [];
    private int[] _next = [];
    private ulong[] _taken = [];
    private (bool IsKnown, ulong Leaving, ulong Changing)[] _looks = [];

    // The number after each, or 0.
    private int[] _table = new int[1 << FewBits];
    private int _tableBits = FewBits;
    private long[] _probe = [];

    /// <summary>The symbols by which steps are taken are below.</summary>
    public int Width { get; private set; }

    /// <summary>The bits by which a number is shifted to where its steps begin.</summary>
    public int Shift { get; private set; }

    /// <summary>All numbers are below.</summary>
    public int Count => _count;

    /// <summary>
    /// The steps from each number: that after what is no symbol, then those after the symbols; <see cref="Unknown"/> where
    /// <see cref="Step"/> has to be asked.
    /// </summary>
    public int[] Next => _next;

    /// <summary>By number, for each pattern whether it takes the text.</summary>
    public ulong[] Taken => _taken;

    /// <summary>Whether fewer patterns at once would have much fewer.</summary>
    public bool AreTooMany => _count > MostTogether && _places.Length > 1;

    /// <summary>Whether they take too much memory to be kept.</summary>
    public bool IsLarge => _tableBits > MostKeptBits;

    /// <summary>Begins anew.</summary>
    /// <param name="places">The patterns, at most 64.</param>
    /// <param name="trie">The texts that are to be followed.</param>
    /// <param name="endsOnly">Whether a text is taken where it may end, whatever the limits are.</param>
    /// <param name="asOne">Whether what any of the patterns takes is the first bit.</param>
    /// <returns>The number of the places.</returns>
    public int Begin(PatternPlace[] places, AlphabetTrie trie, bool endsOnly, bool asOne)
    {
        (_places, _symbols, _depth) = (places, trie.Symbols, trie.Depth);
        (_endsOnly, _asOne) = (endsOnly, asOne);
        Width = trie.HasBegun ? _symbols.Count : _symbols.WholeCount;
        Shift = BitOperations.Log2((uint)Width) + 1;
        _table.AsSpan().Clear();
        if (_probe.Length < places.Length)
            _probe = new long[places.Length];

        // No step leads out of what is dead.
        _count = 0;
        _probe.AsSpan().Fill(Lost);
        Find();
        _next.AsSpan(0, 1 << Shift).Clear();
        for (var i = 0; i < places.Length; i++)
            _probe[i] = Key(places[i], places[i].State, places[i].Count);
        return Find();
    }

    /// <summary>The number after a symbol, or <see cref="Dead"/>.</summary>
    public int Step(int from, int symbol)
    {
        var at = (from << Shift) + 1 + symbol;
        if (_next[at] is var known && known != Unknown)
            return known;

        // A look may move the steps.
        var following = Look(from, symbol);
        return _next[at] = following;
    }

    /// <summary>Whether all texts of some symbols, as bits of which those that are alike in their last six bits share one, are taken as the
    /// text before them is; null where that is not seen at once.</summary>
    public bool? AreAlike(int state, ulong below)
    {
        ref var look = ref _looks[state];
        if (!look.IsKnown)
        {
            var (leaving, changing) = (0UL, 0UL);
            for (var symbol = 0; symbol < Width; symbol++)
            {
                var target = Step(state, symbol);
                var bit = 1UL << (symbol & 63);
                if (target != state)
                    leaving |= bit;
                if (_taken[target] != _taken[state])
                    changing |= bit;
            }

            // A step may have moved them.
            look = ref _looks[state];
            look = (true, leaving, changing);
        }

        return (below & look.Leaving) == 0 ? true : (below & look.Changing) != 0 ? false : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Look(int from, int symbol)
    {
        var isBegun = symbol >= _symbols.WholeCount;
        for (var i = 0; i < _places.Length; i++)
        {
            var key = _keys[(from * _places.Length) + i];
            _probe[i] = key < 0 ? Lost
                : isBegun ? MayBegin(_places[i], key, symbol) ? Begun : Lost
                : _places[i].Terminal.Text.RowOf((int)key)[symbol] is var target && target == PatternAutomaton.None ? Lost
                : Key(_places[i], target, _places[i].Terminal.Lengths.After((int)(key >> 32)));
        }

        return Find();
    }

    private bool MayBegin(PatternPlace place, long key, int begun)
    {
        if (_endsOnly)
            return false;
        var (terminal, after) = (place.Terminal, place.Terminal.Lengths.After((int)(key >> 32)));
        var row = terminal.Text.RowOf((int)key);
        foreach (var (bytes, symbol) in _symbols.RestsOf(begun))
        {
            if (row[symbol] is var state && state != PatternAutomaton.None && bytes + terminal.Lengths.Cost(state, after) <= place.Limit)
                return true;
        }

        return false;
    }

    // Counts that make no difference within any text are the same.
    private long Key(PatternPlace place, int state, int count)
    {
        var lengths = place.Terminal.Lengths;
        return lengths.Cost(state, count) >= Terminal.Endless ? Lost
            : (uint)state | ((long)(lengths.IsCounted ? lengths.Alike(count, _depth) : 0) << 32);
    }

    private int Find()
    {
        var key = _probe.AsSpan(0, _places.Length);
        var at = SlotOf(key);
        for (; _table[at] - 1 is var known && known >= 0; at = (at + 1) & (_table.Length - 1))
        {
            if (_keys.AsSpan(known * key.Length, key.Length).SequenceEqual(key))
                return known;
        }

        Grow();
        var added = _count++;
        key.CopyTo(_keys.AsSpan(added * key.Length));
        _next.AsSpan(added << Shift, 1 << Shift).Fill(Unknown);
        _next[added << Shift] = Dead;
        _looks[added].IsKnown = false;
        _taken[added] = TakenBy(key);
        _table[at] = _count;
        if (2 * _count > _table.Length)
            GrowTable();
        return added;
    }

    private ulong TakenBy(ReadOnlySpan<long> key)
    {
        var taken = 0UL;
        for (var i = 0; i < key.Length; i++)
        {
            if (key[i] == Begun || (key[i] != Lost && IsTaken(_places[i], (int)key[i], (int)(key[i] >> 32))))
                taken |= 1UL << i;
        }

        return _asOne ? Math.Min(taken, 1) : taken;
    }

    private bool IsTaken(PatternPlace place, int state, int count) =>
        _endsOnly ? place.Terminal.MayEnd(state, count) : place.Terminal.Lengths.Cost(state, count) <= place.Limit;

    private void Grow()
    {
        if ((_count + 1) * _places.Length > _keys.Length)
            Array.Resize(ref _keys, Math.Max(2 * _keys.Length, 64 * _places.Length));
        if ((_count + 1) << Shift > _next.Length)
            Array.Resize(ref _next, Math.Max(2 * _next.Length, 64 << Shift));
        if (_count + 1 > _taken.Length)
        {
            Array.Resize(ref _taken, Math.Max(2 * _taken.Length, 64));
            Array.Resize(ref _looks, _taken.Length);
        }
    }

    private void GrowTable()
    {
        _table = new int[1 << ++_tableBits];
        for (var number = 0; number < _count; number++)
        {
            var at = SlotOf(_keys.AsSpan(number * _places.Length, _places.Length));
            while (_table[at] > 0)
                at = (at + 1) & (_table.Length - 1);
            _table[at] = number + 1;
        }
    }

    private int SlotOf(ReadOnlySpan<long> key)
    {
        var hash = 0UL;
        foreach (var part in key)
            hash = (hash ^ (ulong)part) * Golden;
        return (int)(hash >> (64 - _tableBits));
    }
}
