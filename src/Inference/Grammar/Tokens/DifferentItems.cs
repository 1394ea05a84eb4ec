using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;
using Qwen35Batch.Inference.Grammar.Schema;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// Holds the items of an answer's arrays, and names of its properties, to differ where they have to. A token is left out that would repeat
/// one, or after which every way on would; nearly always only a few can, those that write an earlier one on. One instance an answer.
/// </summary>
/// <param name="grammar">The grammar.</param>
/// <param name="trie">The tokens by their bytes.</param>
/// <param name="tokens">Those that are not allowed.</param>
/// <param name="areCalls">Whether the answer is a call of a tool.</param>
internal sealed class DifferentItems(CompiledGrammar grammar, TokenTrie trie, ItemTokens tokens, bool areCalls)
{
    // Places at which it is looked for another way.
    private const int MostPlaces = 256;

    // Another item costs something itself: it is the last way out.
    private const int CommaCost = 8;

    // With so many tokens left there is a way out of a free text.
    private const int Ample = 16;

    private readonly WrittenItems _written = new(areCalls);

    /// <summary>The places after a token, those left out at which an item is repeated; the answer goes on there.</summary>
    public void Follow(List<Cursor> cursors, ReadOnlySpan<byte> text, Action<List<Cursor>> removeDuplicates)
    {
        foreach (var next in text)
        {
            var stepped = StepAll(cursors, next);
            removeDuplicates(stepped);
            cursors.Clear();
            cursors.AddRange(stepped);
            _written.Append(next, areCalls && stepped.Count > 0 ? stepped.Max(cursor => cursor.Frame?.Depth ?? 0) : 0);
        }
    }

    /// <summary>Leaves out the tokens that lead to no answer whose items differ.</summary>
    /// <param name="mask">The tokens that the grammar allows else.</param>
    /// <param name="cursors">Where the answer stands.</param>
    /// <param name="cost">The tokens that may be needed afterwards.</param>
    public void Narrow(Span<ulong> mask, IReadOnlyList<Cursor> cursors, int cost)
    {
        var depths = cursors.Select(DepthOf).Where(depth => depth > 0).Distinct().ToArray();
        var others = depths.Length > 0 ? tokens.Within : tokens.Around;
        for (var i = 0; i < others.Length; i++)
            mask[i] &= ~others[i];
        var isAmongNames = cursors.Any(cursor => cursor.Frame?.IsAmongNames == true);
        if (depths.Length == 0 && !isAmongNames)
            return;
        var tooLong = new List<int>();
        var place = _written.Save();
        foreach (var token in Candidates(mask, cursors, depths, isAmongNames, cost))
        {
            var after = new List<Cursor>(cursors);
            Follow(after, grammar.Vocabulary[token], static _ => { });
            var needed = after.Count == 0 ? CompletionCosts.Infinite : Needed(after);
            _written.Restore(place);
            if (needed <= cost)
                continue;
            mask[token >> 6] &= ~(1UL << (token & 63));
            if (needed < CompletionCosts.Infinite)
                tooLong.Add(token);
        }

        // A budget that is too small cannot be kept.
        if (mask.IndexOfAnyExcept(0UL) < 0)
        {
            foreach (var token in tooLong)
                mask[token >> 6] |= 1UL << (token & 63);
        }
    }

    /// <summary>The tokens that may repeat an item, or lead to where each way on does.</summary>
    private HashSet<int> Candidates(Span<ulong> mask, IReadOnlyList<Cursor> cursors, int[] depths, bool isAmongNames, int cost)
    {
        var found = new HashSet<int>();
        foreach (var token in isAmongNames ? tokens.Named : [])
            Add(token, mask);
        foreach (var token in tokens.Next)
            Add(token, mask);
        var isFree = cursors.All(IsFree) && cost > cursors.Max(grammar.Costs.Of) + Ample;
        foreach (var rest in depths.SelectMany(_written.Alike))
        {
            var (node, at) = (0, 0);
            for (; at < rest.Length && node != TokenTrie.None; at++)
            {
                node = trie.Child(node, rest.Span[at]);
                if (node != TokenTrie.None && !(isFree && at < rest.Length - 1))
                    AddAll(trie.TokensAt(node), mask);
            }

            foreach (var next in node == TokenTrie.None ? [] : ",]:"u8)
            {
                if (trie.Child(node, next) is var end && end != TokenTrie.None)
                    AddBelow(end, mask);
            }
        }
        return found;

        void Add(int token, Span<ulong> mask)
        {
            if ((mask[token >> 6] >> (token & 63) & 1) != 0)
                found.Add(token);
        }

        void AddAll(ReadOnlySpan<int> all, Span<ulong> mask)
        {
            foreach (var token in all)
                Add(token, mask);
        }

        void AddBelow(int node, Span<ulong> mask)
        {
            AddAll(trie.TokensAt(node), mask);
            var children = trie.ChildrenOf(node);
            for (var child = children.Start.Value; child < children.End.Value; child++)
                AddBelow(child, mask);
        }
    }

    // Whatever is written of such a text, it goes on to one that is new.
    private static bool IsFree(Cursor cursor) => cursor.Frame?.Container switch
    {
        ObjectNode { HasDifferentNames: true } => cursor.Terminal is KeyTerminal { Name: ExcludingTerminal or StringTerminal },
        ArrayNode { IsUnique: true } array => IsFree(array),
        _ => false,
    };

    private static bool IsFree(ArrayNode array) => array.Rest is AnyOfNode items && items.Alternatives.All(item =>
        item is ScalarNode { Terminal: StringTerminal } text && StringTerminal.RoomOf(text.Start) == StringTerminal.Unlimited);

    /// <summary>The tokens that certainly suffice to the end of an answer whose items differ.</summary>
    private int Needed(List<Cursor> cursors)
    {
        var needed = CompletionCosts.Infinite;
        foreach (var ways in cursors.GroupBy(DepthOf))
        {
            var places = MostPlaces;
            needed = Math.Min(needed, Differ([.. ways], _written.Alike(ways.Key), ref places));
        }

        return needed;
    }

    /// <summary>The tokens that suffice when some earlier items, of which this is left, are not repeated; each byte is a token.</summary>
    private int Differ(List<Cursor> cursors, List<ReadOnlyMemory<byte>> rests, ref int places)
    {
        if (rests.Count == 0)
            return cursors.Select(grammar.Costs.Of).DefaultIfEmpty(CompletionCosts.Infinite).Min();
        if (cursors.Count == 0 || --places < 0)
            return CompletionCosts.Infinite;
        var following = rests.Where(rest => rest.Length > 0).Select(rest => rest.Span[0]).ToHashSet();
        var isWhole = rests.Exists(rest => rest.Length == 0);
        var needed = CompletionCosts.Infinite;
        foreach (var cursor in cursors)
        {
            var only = cursor.Terminal.Exit(cursor.State) == Terminal.None ? cursor.Terminal.OnlyByte(cursor.State) : Terminal.None;
            for (var next = only == Terminal.None ? ' ' : only; next <= (only == Terminal.None ? 0xF4 : only); next++)
            {
                if (next == '\\' || following.Contains((byte)next) || (isWhole && next is ',' or ']' or ':'))
                    continue;
                var after = Costs([cursor], (byte)next);
                needed = Math.Min(needed, CompletionCosts.Add(after, next == ',' ? CommaCost : 1));
            }
        }

        if (needed < CompletionCosts.Infinite)
            return needed;
        foreach (var next in following)
        {
            var left = rests.Where(rest => rest.Length > 0 && rest.Span[0] == next).Select(rest => rest[1..]).ToList();
            needed = Math.Min(needed, CompletionCosts.Add(1, Differ(Step(cursors, next), left, ref places)));
        }
        return needed;
    }

    private int Costs(List<Cursor> cursors, byte next) =>
        Step(cursors, next).Select(grammar.Costs.Of).DefaultIfEmpty(CompletionCosts.Infinite).Min();

    private List<Cursor> Step(List<Cursor> cursors, byte next)
    {
        var stepped = new List<Cursor>();
        foreach (var cursor in cursors)
            grammar.Steps.Step(cursor, next, stepped);
        return stepped;
    }

    private List<Cursor> StepAll(List<Cursor> cursors, byte next)
    {
        var repeated = _written.RepeatedAt(next);
        var isOtherWriting = _written.IsEscaped && (next is (byte)'/' or (byte)'u');
        if (repeated == 0 && !isOtherWriting)
            return Step(cursors, next);
        var left = cursors.FindAll(cursor => DepthOf(cursor) is not (> 0 and var depth) || (depth != repeated && !isOtherWriting));
        return Step(left, next);
    }

    /// <summary>The depth of the array whose items, or of the object whose names have to differ where a cursor stands; else 0.</summary>
    private static int DepthOf(Cursor cursor) => cursor switch
    {
        { Frame: null } => 0,
        { Terminal: KeyTerminal, Frame: { Container: ObjectNode { HasDifferentNames: true } } frame } =>
            KeyTerminal.IsBegun(cursor.State) ? frame.Depth : 0,
        _ => cursor.Frame.UniqueDepth,
    };
}
