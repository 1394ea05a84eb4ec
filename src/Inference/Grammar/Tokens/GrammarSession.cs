using Qwen35Batch.Inference.Grammar.Masks;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>One answer.</summary>
internal sealed class GrammarSession : ITokenGrammar
{
    private readonly CompiledGrammar _grammar;
    private List<Cursor> _cursors = [];
    private List<Cursor> _following = [];
    private List<Cursor> _stepped = [];
    private readonly DifferentItems? _items;
    private readonly Dictionary<StringMask, int> _alike = [];
    private readonly ulong[] _closing;
    private readonly List<StringMask?> _texts = [];
    private ForcedRun? _forced;

    public GrammarSession(CompiledGrammar grammar)
    {
        _grammar = grammar;
        _items = grammar.DifferentItems();
        _closing = new ulong[grammar.Texts.Closing.MaskLength];
        grammar.Steps.Start(_cursors);
        RemoveDuplicates(_cursors);
        Settle(_cursors);
    }

    public bool IsComplete => _cursors.TrueForAll(cursor => cursor.IsEnd);

    public int ShortestCompletion { get; private set; }

    public int ForcedBytes => Forced.Bytes;

    private ForcedRun Forced => _forced ??= _cursors.Count == 1 ? _grammar.Next(_cursors[0]).Forced : _grammar.FindForced(_cursors);

    public void FillMask(Span<ulong> mask, int remaining)
    {
        // A budget that was too small from the start cannot be kept: then the shortest way is allowed.
        var cost = Math.Max(remaining, ShortestCompletion) - 1;
        Fill(mask, cost);
        _items?.Narrow(mask, _cursors, cost);
    }

    private void Fill(Span<ulong> mask, int cost)
    {
        if (_cursors is [var only]
            && cost - _grammar.Costs.AfterText(only) is var left
            && _grammar.Texts.Find(only, left) is { } text)
        {
            // Most tokens of most answers: one copy.
            text.CopyTo(mask, left);
            _grammar.Next(only).AddTo(mask, cost);
            return;
        }
        mask.Clear();
        _alike.Clear();
        _closing.AsSpan().Clear();
        _grammar.Texts.Find(_cursors, _grammar.Costs, cost, _texts);
        foreach (var (i, cursor) in _cursors.Index())
        {
            if (ByteSteps.MayEnd(cursor))
            {
                foreach (var end in _grammar.Vocabulary.EndOfText)
                    mask[end >> 6] |= 1UL << (end & 63);
            }

            if (cursor.IsEnd)
                continue;
            var own = _texts[i];
            if (own is not null)
                KeepMost(own, cost - _grammar.Costs.AfterText(cursor));
            if (own is not null && TextMasks.EndsAtFirstQuote(cursor))
                _grammar.AddClosing(cursor, own.Exits, cost, _closing);
            else
                _grammar.Next(cursor).AddTo(mask, cost);
        }

        _grammar.Texts.Closing.AddTo(mask, _closing);

        TextMasks.AddTo(mask, _alike);
    }

    // Alternatives often write the same text: what the most generous one allows holds what the others do.
    private void KeepMost(StringMask text, int cost)
    {
        if (!_alike.TryGetValue(text, out var most) || cost > most)
            _alike[text] = cost;
    }

    public IReadOnlyList<int> ForcedTokens(int remaining) => Forced.Within(remaining);

    public void Accept(int token)
    {
        var text = token >= 0 && token < _grammar.Vocabulary.Size ? _grammar.Vocabulary[token] : null;
        _following.Clear();
        if (_grammar.Vocabulary.EndOfText.Contains(token))
        {
            if (_cursors.Exists(ByteSteps.MayEnd))
                _following.Add(Cursor.End);
        }
        else if (text is { Length: > 0 })
        {
            Follow(text);
        }
        _following.RemoveAll(cursor => _grammar.Costs.Of(cursor) >= CompletionCosts.Infinite);
        if (_following.Count == 0)
            throw new InvalidOperationException($"Token {token} is not allowed here.");
        (_cursors, _following) = (_following, _cursors);
        Settle(_cursors);
    }

    private void Follow(byte[] text)
    {
        _following.AddRange(_cursors);
        if (_items is not null)
        {
            _items.Follow(_following, text, RemoveDuplicates);
            return;
        }

        foreach (var next in text)
        {
            _stepped.Clear();
            foreach (var cursor in _following)
                _grammar.Steps.Step(cursor, next, _stepped);
            RemoveDuplicates(_stepped);
            (_following, _stepped) = (_stepped, _following);
        }
    }

    private void Settle(List<Cursor> cursors)
    {
        if (cursors.Count > _grammar.MaxCursors)
        {
            // Those that are completed soonest stay.
            var soonest = cursors.OrderBy(_grammar.Costs.Of).Take(_grammar.MaxCursors).ToArray();
            cursors.Clear();
            cursors.AddRange(soonest);
        }
        _forced = null;
        ShortestCompletion = CompletionCosts.Infinite;
        foreach (var cursor in cursors)
            ShortestCompletion = Math.Min(ShortestCompletion, _grammar.Costs.Of(cursor));
    }

    private static void RemoveDuplicates(List<Cursor> cursors)
    {
        if (cursors.Count < 2)
            return;
        var seen = new HashSet<Cursor>();
        cursors.RemoveAll(cursor => !seen.Add(cursor));
    }
}
