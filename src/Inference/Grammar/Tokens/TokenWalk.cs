using System.Runtime.InteropServices;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>Follows the tokens of a vocabulary through a grammar. Used once, by one thread.</summary>
internal sealed class TokenWalk(TokenTrie trie, ByteSteps steps, CompletionCosts costs, TextMasks texts)
{
    private readonly List<(int Cost, int Token)> _found = [];
    private readonly List<Cursor> _cursors = [];
    private readonly int _openingQuote = texts.OpeningQuote(trie);
    private bool _stopAtFirst;

    /// <summary>
    /// The tokens that may follow, the cheapest first, each with the tokens that suffice afterwards; without those that stay within a
    /// string of any text where the walk begins.
    /// </summary>
    /// <param name="cursor">Where.</param>
    /// <param name="rests">What may stand behind a text.</param>
    public ReadOnlySpan<(int Cost, int Token)> Next(Cursor cursor, PlaceRests rests)
    {
        if (texts.Find(cursor) is { } text)
        {
            var after = new List<Cursor>();
            if (cursor.Terminal is KeyTerminal)
                after.Add(cursor with { State = KeyTerminal.AfterName });
            else
                ByteSteps.AfterValue(cursor.Frame, after);
            if (cursor.Terminal is PatternTerminal { IsRaw: true })
                after = StepAll(after, (byte)'\n');
            if (TextMasks.EndsAtFirstQuote(cursor))
            {
                foreach (var place in text.Exits.IsEmpty ? [] : after)
                {
                    foreach (var (cost, token) in rests.At(place))
                    {
                        if (text.Exits.Contains(texts.Closing.QuoteOf(token)))
                            _found.Add((cost, token));
                    }
                }

                if (after.Count == 1)
                    return CollectionsMarshal.AsSpan(_found);
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
        return Sorted();
    }

    /// <summary>The tokens that may follow, the cheapest first.</summary>
    public (int Cost, int Token)[] From(Cursor place)
    {
        Walk(place, 0);
        return Sorted().ToArray();
    }

    // As numbers, which sort much faster than pairs.
    private Span<(int Cost, int Token)> Sorted()
    {
        var found = CollectionsMarshal.AsSpan(_found);
        var keys = new long[found.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = ((long)found[i].Cost << 32) | (uint)found[i].Token;
        Array.Sort(keys);
        for (var i = 0; i < keys.Length; i++)
            found[i] = ((int)(keys[i] >> 32), (int)keys[i]);
        return found;
    }

    /// <summary>Whether any token goes on from a node of the trie at one of these places.</summary>
    public bool GoesOn(IReadOnlyList<Cursor> cursors, int node)
    {
        _stopAtFirst = true;
        for (var i = 0; i < cursors.Count && _found.Count == 0; i++)
            Walk(cursors[i], node);
        return _found.Count > 0;
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
        for (var child = children.Start.Value; child < children.End.Value && !(_stopAtFirst && _found.Count > 0); child++)
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
        var tokens = trie.TokensAt(child);
        if (!tokens.IsEmpty && costs.Of(next) is < CompletionCosts.Infinite and var cost)
        {
            foreach (var token in tokens)
                _found.Add((cost, token));
        }

        Walk(next, child);
    }

    // What tokens do within a string is known already.
    private void Open(Cursor text)
    {
        var (opening, exits) = texts.Strings.Opening(text.State);
        foreach (var (cost, tokens) in opening.Groups)
        {
            if (CompletionCosts.Add(cost, text.Frame?.Rest ?? 0) is not (< CompletionCosts.Infinite and var all))
                continue;
            foreach (var token in tokens.Span)
                _found.Add((all, token));
        }

        var after = new List<Cursor>();
        ByteSteps.AfterValue(text.Frame, after);
        foreach (var node in exits)
        {
            foreach (var place in after)
                Walk(place, node);
        }
    }
}
