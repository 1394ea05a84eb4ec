using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// Finds what must follow, and writes it with the longest tokens. It stops before a token that could as well be a longer one reaching
/// into the text that is free again: the model, not we, chooses between <c>":"</c> and <c>":""</c>, as it is used to.
/// </summary>
internal sealed class ForcedText(TokenTrie trie, ByteSteps steps, CompletionCosts costs, TextMasks texts, OpenedTexts opened)
{
    private const int MaxLength = 4096;

    public ForcedRun Find(IReadOnlyList<Cursor> cursors)
    {
        // The places after each byte of the text; the first entry is where it begins.
        var places = new List<IReadOnlyList<Cursor>> { cursors };
        var text = new List<byte>();
        while (text.Count < MaxLength && OnlyByte(places[^1]) is >= 0 and var next)
        {
            var after = new List<Cursor>();
            foreach (var cursor in places[^1])
                steps.Step(cursor, (byte)next, after);
            after.RemoveAll(cursor => costs.Of(cursor) >= CompletionCosts.Infinite);
            if (after.Count == 0)
                break;
            text.Add((byte)next);
            places.Add(after);
        }
        return text.Count == 0 ? ForcedRun.None : Write([.. text], places);
    }

    private ForcedRun Write(byte[] text, List<IReadOnlyList<Cursor>> places)
    {
        var tokens = new List<int>();
        var tokenCosts = new List<int>();
        for (var offset = 0; offset < text.Length;)
        {
            var (token, length) = Longest(text.AsSpan(offset));
            var whole = text.Length - offset <= trie.MaxLength ? trie.Find(text.AsSpan(offset)) : TokenTrie.None;
            if (length == 0 || (whole != TokenTrie.None && new TokenWalk(trie, steps, costs, texts, opened).GoesOn(places[^1], whole)))
                break;
            tokens.Add(token);
            offset += length;
            tokenCosts.Add(places[offset].Min(costs.Of));
        }
        return new ForcedRun([.. tokens], [.. tokenCosts], text.Length);
    }

    private (int Token, int Length) Longest(ReadOnlySpan<byte> text)
    {
        var longest = (Token: 0, Length: 0);
        var node = 0;
        for (var length = 1; length <= text.Length && (node = trie.Child(node, text[length - 1])) != TokenTrie.None; length++)
        {
            if (!trie.TokensAt(node).IsEmpty)
                longest = (trie.TokensAt(node)[0], length);
        }

        return longest;
    }

    private static int OnlyByte(IReadOnlyList<Cursor> cursors)
    {
        var only = Terminal.None;
        foreach (var (terminal, state, _) in cursors)
        {
            var next = terminal.OnlyByte(state);
            if (next == Terminal.None || terminal.Exit(state) != Terminal.None || (only != Terminal.None && only != next))
                return Terminal.None;
            only = next;
        }
        return only;
    }
}
