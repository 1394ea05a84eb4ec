using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>Follows the tokens of a vocabulary through a grammar. Used once, by one thread.</summary>
/// <param name="trie">The tokens, or what they write after a quote.</param>
/// <param name="steps">The grammar.</param>
/// <param name="costs">What is left to its end.</param>
/// <param name="texts">What tokens do within texts.</param>
/// <param name="opened">The same for texts that are opened in the trie's tokens.</param>
/// <param name="memory">Where the tokens are kept that are found, if the caller does not keep them.</param>
internal sealed class TokenWalk(
    TokenTrie trie, ByteSteps steps, CompletionCosts costs, TextMasks texts, OpenedTexts opened, FoundTokens? memory = null)
{
    private readonly FoundTokens _memory = memory ?? new();
    private readonly List<Cursor> _cursors = [];
    private readonly int _openingQuote = texts.OpeningQuote(trie);
    private bool _stopAtFirst;

    private List<(int Cost, ReadOnlyMemory<int> Tokens)> Found => _memory.Groups;

    /// <summary>
    /// The tokens that may follow, the cheapest first, with the tokens that suffice afterwards; without those that stay within a string of
    /// any text where the walk begins.
    /// </summary>
    /// <param name="cursor">Where.</param>
    /// <param name="rests">What may stand behind a text.</param>
    public IReadOnlyList<(int Cost, ReadOnlyMemory<int> Tokens)> Next(Cursor cursor, PlaceRests rests)
    {
        if (texts.Find(cursor) is { } text)
        {
            var after = new List<Cursor>();
            ByteSteps.AfterText(cursor, after);
            if (cursor.Terminal is PatternTerminal { IsRaw: true })
                after = StepAll(after, (byte)'\n');
            if (TextMasks.EndsAtFirstQuote(cursor))
            {
                foreach (var place in text.Exits.IsEmpty ? [] : after)
                {
                    foreach (var (cost, numbers) in rests.At(place))
                        Add(cost, texts.Closing.TokensBehind(text.Exits, numbers, _memory));
                }
            }
            else
            {
                foreach (var node in text.Exits.Nodes)
                {
                    foreach (var place in after)
                        Walk(place, node);
                }
            }
        }
        else
        {
            Walk(cursor, 0);
        }

        Found.Sort(static (left, right) => left.Cost.CompareTo(right.Cost));
        return Found;
    }

    /// <summary>The tokens that may follow, with the tokens that suffice afterwards.</summary>
    public IReadOnlyList<(int Cost, ReadOnlyMemory<int> Tokens)> From(Cursor place)
    {
        Walk(place, 0);
        return Found;
    }

    /// <summary>Whether any token goes on from a node of the trie at one of these places.</summary>
    public bool GoesOn(IReadOnlyList<Cursor> cursors, int node)
    {
        _stopAtFirst = true;
        for (var i = 0; i < cursors.Count && Found.Count == 0; i++)
            Walk(cursors[i], node);
        return Found.Count > 0;
    }

    // What follows a text without quotes begins with a line end, which the text may hold as well.
    private List<Cursor> StepAll(List<Cursor> cursors, byte next)
    {
        var stepped = new List<Cursor>();
        foreach (var cursor in cursors)
            steps.Step(cursor, next, stepped);
        return stepped;
    }

    private void Walk(Cursor cursor, int node)
    {
        var only = cursor.Terminal.Exit(cursor.State) == Terminal.None ? cursor.Terminal.OnlyByte(cursor.State) : Terminal.None;
        if (only != Terminal.None)
        {
            var child = trie.Child(node, (byte)only);
            if (child != TokenTrie.None)
                Visit(cursor, child);
            return;
        }
        var children = trie.ChildrenOf(node);
        for (var child = children.Start.Value; child < children.End.Value && !(_stopAtFirst && Found.Count > 0); child++)
            Visit(cursor, child);
    }

    private void Visit(Cursor cursor, int child)
    {
        var (terminal, state, _) = cursor;
        if (terminal.Exit(state) == Terminal.None)
        {
            // Most bytes stay within the terminal.
            var following = terminal.Step(state, trie.ByteOf(child));
            if (following == Terminal.None)
                return;
            if (terminal.Exit(following) == Terminal.None)
            {
                Reach(cursor with { State = following }, child);
                return;
            }
        }
        var first = _cursors.Count;
        steps.Step(cursor, trie.ByteOf(child), _cursors);
        for (var i = first; i < _cursors.Count; i++)
            Reach(_cursors[i], child); // What the call adds it also removes.
        _cursors.RemoveRange(first, _cursors.Count - first);
    }

    private void Reach(Cursor next, int child)
    {
        if (child == _openingQuote && next.Terminal is StringTerminal && StringTerminal.PhaseOf(next.State) == StringPhase.Between)
        {
            Open(next);
            return;
        }
        if (!trie.TokensAt(child).IsEmpty && costs.Of(next) is < CompletionCosts.Infinite and var cost)
            Add(cost, trie.TokenListAt(child));
        if (trie.ByteOf(child) == '"' && trie.HasChildren(child) && TextMasks.EndsAtFirstQuote(next))
            Open(next, child);
        else
            Walk(next, child);
    }

    // What tokens do within a string is known already.
    private void Open(Cursor text)
    {
        var (opening, exits) = texts.Strings.Opening(text.State);
        Open(text, opening.Groups, exits);
    }

    private void Open(Cursor cursor, int node)
    {
        var (text, state) = TextMasks.TextOf(cursor);
        var (groups, exits) = opened.At(text, state, node);
        Open(cursor, groups, exits);
    }

    private void Open(Cursor text, IReadOnlyList<(int Cost, ReadOnlyMemory<int> Tokens)> groups, IEnumerable<int> exits)
    {
        var rest = costs.AfterText(text);
        foreach (var (cost, tokens) in groups)
        {
            if (CompletionCosts.Add(cost, rest) is < CompletionCosts.Infinite and var all)
                Add(all, tokens);
        }

        var after = new List<Cursor>();
        ByteSteps.AfterText(text, after);
        foreach (var node in exits)
        {
            foreach (var place in after)
                Walk(place, node);
        }
    }

    private void Add(int cost, ReadOnlyMemory<int> tokens)
    {
        if (!tokens.IsEmpty)
            Found.Add((cost, tokens));
    }
}
