using System.Collections.Concurrent;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// What the tokens of a vocabulary do within a string. It depends on no schema, so all grammars share it. The tokens are walked once
/// for each phase; the mask of a state, with its lengths, is put together from what the walk found. Thread-safe.
/// </summary>
internal sealed class StringTokens
{
    private const long MaskBytesKept = 64 << 20;

    // Most tokens have fewer code points: where these fit, a mask is the unlimited one without the longer tokens.
    private const int ShortLength = 8;

    private readonly TokenTrie _trie;
    private readonly int _maskLength;
    private readonly Lazy<StringWalk>[] _walks;
    private readonly ConcurrentDictionary<long, StringMask> _masks = new();
    private readonly int[] _pieceLengths;
    private readonly bool _hasEmptyString;
    private readonly Lock _growing = new();
    private int[] _closings = [1];
    private long _maskBytes;

    public StringTokens(TokenTrie trie, int vocabularySize, bool escapes = true)
    {
        _trie = trie;
        _maskLength = (vocabularySize + 63) / 64;
        _walks =
        [
            .. Enumerable.Range(0, (int)StringPhase.Invalid)
                .Select(phase => new Lazy<StringWalk>(() => new StringWalk(trie, (StringPhase)phase, escapes)))
        ];
        _pieceLengths =
        [
            .. _walks[(int)StringPhase.Between].Value.Ends.Where(end => end.Phase == StringPhase.Between).Select(end => end.Length).Order()
        ];
        var empty = trie.Find("\"\""u8);
        _hasEmptyString = empty != TokenTrie.None && !trie.TokensAt(empty).IsEmpty;
    }

    /// <summary>Walks the tokens from all places within a character, so that no answer waits for it.</summary>
    public void WalkAll()
    {
        foreach (var walk in _walks)
            _ = walk.Value;
    }

    /// <summary>Lets <see cref="Cost(long)"/> answer for strings that need this many code points.</summary>
    public void Prepare(int needed)
    {
        lock (_growing)
        {
            if (needed < _closings.Length)
                return;
            var closings = new int[needed + 1];
            closings[0] = 1;
            for (var i = 1; i <= needed; i++)
            {
                closings[i] = int.MaxValue;
                foreach (var length in _pieceLengths)
                {
                    if (length > 0 && length <= i)
                        closings[i] = Math.Min(closings[i], 1 + closings[i - length]);
                }
            }
            Volatile.Write(ref _closings, closings);
        }
    }

    /// <summary>The tokens that certainly suffice to end the string.</summary>
    public int Cost(long state) => Cost(StringTerminal.PhaseOf(state), StringTerminal.NeededOf(state));

    /// <summary>States that allow the same tokens at the same costs become the same.</summary>
    public long Canonical(long state) => StringTerminal.RoomOf(state) > _trie.MaxLength
        ? StringTerminal.State(StringTerminal.PhaseOf(state), StringTerminal.NeededOf(state), StringTerminal.Unlimited)
        : state;

    /// <summary>States that allow the same tokens to end the string and go on become the same.</summary>
    public long AlikeAtEnd(long state)
    {
        var phase = StringTerminal.PhaseOf(state);
        if (phase == StringPhase.Before)
            return Canonical(state);
        var longest = _walks[(int)phase].Value.LongestExit;
        var room = StringTerminal.RoomOf(state);
        return StringTerminal.State(
            phase, Math.Min(StringTerminal.NeededOf(state), longest + 1), room >= longest ? StringTerminal.Unlimited : room);
    }

    /// <summary>
    /// The tokens that open a string at its first quote: those that stay within it or end it, by their costs, and where it has ended in
    /// longer ones.
    /// </summary>
    /// <param name="state">A state after the first quote.</param>
    public (TokenGroups Tokens, IEnumerable<int> Exits) Opening(long state)
    {
        var opened = Mask(
            Canonical(StringTerminal.State(StringPhase.Before, StringTerminal.NeededOf(state), StringTerminal.RoomOf(state))));
        return ((TokenGroups)opened.Costed, opened.Exits.Nodes);
    }

    /// <param name="state">A canonical state.</param>
    public StringMask Mask(long state)
    {
        if (_masks.TryGetValue(state, out var mask))
            return mask;
        mask = CreateMask(state);
        if (Interlocked.Add(ref _maskBytes, mask.Bytes) > MaskBytesKept)
        {
            _masks.Clear();
            Interlocked.Exchange(ref _maskBytes, mask.Bytes);
        }
        _masks.TryAdd(state, mask);
        return mask;
    }

    private StringMask CreateMask(long state)
    {
        var phase = StringTerminal.PhaseOf(state);
        var walk = _walks[(int)phase].Value;
        var needed = StringTerminal.NeededOf(state);
        var room = StringTerminal.RoomOf(state);
        var bits = new ulong[_maskLength];
        var groups = new List<(int, ReadOnlyMemory<int>)>();
        var isNearlyAll = needed == 0 && room >= ShortLength && room < StringTerminal.Unlimited;
        if (isNearlyAll)
            Mask(StringTerminal.State(phase, 0, StringTerminal.Unlimited)).CopyTo(bits, CompletionCosts.Infinite);
        foreach (var end in walk.Ends)
        {
            var fits = end.Length <= room && (end.Phase != StringPhase.Done || end.Length >= needed);
            if (fits)
                groups.Add((Cost(end.Phase, Math.Max(needed - end.Length, 0)), end.Tokens));
            if (fits != isNearlyAll)
            {
                foreach (var token in end.Tokens)
                    bits[token >> 6] ^= 1UL << (token & 63);
            }
        }
        return new StringMask(
            bits,
            new TokenGroups(groups, isShared: true),
            TextExits.Of([.. walk.Exits.Where(exit => exit.Length >= needed && exit.Length <= room).Select(exit => exit.Node)]));
    }

    // Single bytes end what is begun; then come pieces of exactly the length that is needed, and the quote.
    private int Cost(StringPhase phase, int needed) => phase switch
    {
        StringPhase.Done => 0,
        StringPhase.Before => needed == 0 && _hasEmptyString ? 1 : 1 + _closings[needed],
        _ => BytesToCharacterEnd(phase) + _closings[needed],
    };

    private static int BytesToCharacterEnd(StringPhase phase) => phase switch
    {
        StringPhase.Between => 0,
        StringPhase.Continue1 or StringPhase.Escape or StringPhase.Hex1 or StringPhase.Zero1 or StringPhase.Low1 => 1,
        StringPhase.Continue2 or StringPhase.AfterE0 or StringPhase.AfterED or StringPhase.Hex2 or StringPhase.Zero2 or StringPhase.Low2 =>
            2,
        StringPhase.Continue3 or StringPhase.AfterF0 or StringPhase.AfterF4 or StringPhase.Hex3 or StringPhase.Zero3 or StringPhase.Low3 =>
            3,
        StringPhase.HexD => 3,
        StringPhase.Hex or StringPhase.LowD => 4,
        StringPhase.LowU => 5,
        StringPhase.LowBackslash => 6,
        StringPhase.High1 => 7,
        StringPhase.High2 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "Not within a character."),
    };
}
