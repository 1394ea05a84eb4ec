using System.Text;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Tests.Grammar.Masks;

public class PatternTokensTests
{
    private static readonly TokenVocabulary Vocabulary = Vocabularies.Pieces(
        [
            .. ((string[])
                [
                    "rocket_document", "日本語のé😀", "a b\\nc\\t\\\"d", "\\u00e9\\ud83d\\ude00", "INV-2026\"", "\\u0001\\u3042\",\"x",
                    "/a.b-c_d:e 1"
                ]).Select(Encoding.UTF8.GetBytes)
        ],
        9);

    private static readonly TokenTrie Trie = new(Vocabulary);

    [Theory]
    [InlineData("rocket_document", 0, null)]
    [InlineData("rocket_document", 3, 40)]
    [InlineData("^(?:\\S+\\s+){0,4}\\S+$", 0, null)]
    [InlineData("^(?:\\S+\\s+){0,4}\\S+$", 2, 12)]
    [InlineData("^[A-Za-z ,.]+$", 0, 20)]
    [InlineData("^[^a]*$", 0, null)]
    [InlineData("^\\p{L}*$", 4, null)]
    [InlineData("^[a-z\\u00e9\\x01]+[-_](?:日|[0-9])*$", 0, 9)]
    [InlineData("^.*$", 0, 6)]
    public void A_mask_holds_the_tokens_that_can_be_followed_byte_by_byte(string pattern, int min, int? max)
    {
        var terminal = PatternTerminal.Create(PatternAutomaton.Compile(pattern, "#"), min, max, "#")!;
        var tokens = new PatternTokens(Trie, Vocabulary.Size, isRaw: false);
        var random = new Random(5);
        for (var answer = 0; answer < 6; answer++)
        {
            var state = terminal.Step(0, (byte)'"');
            for (var step = 0; step < 12 && PatternTerminal.IsBetween(state); step++)
                state = Check(tokens, terminal, state, random);
        }
    }

    [Fact]
    public void Counts_far_from_their_bounds_share_a_mask()
    {
        var terminal = PatternTerminal.Create(PatternAutomaton.Compile("^[A-Za-z ,.]+$", "#"), 2, 2000, "#")!;
        var tokens = new PatternTokens(Trie, Vocabulary.Size, isRaw: false);
        var (text, _) = PatternTerminal.PlaceOf(terminal.Step(terminal.Step(0, (byte)'"'), (byte)'a'));

        var places = Enumerable.Range(0, 2001).Select(count => tokens.Canonical(terminal, PatternTerminal.Between(text, count))).Distinct();

        Assert.InRange(places.Count(), 3, 40);
    }

    private static long Check(PatternTokens tokens, PatternTerminal terminal, long state, Random random)
    {
        var mask = tokens.Mask(terminal, tokens.Canonical(terminal, state));
        var following = new List<long>();
        foreach (var budget in (int[])[0, 1, 3, 7, Terminal.Endless - 1])
        {
            var bits = new ulong[(Vocabulary.Size + 63) / 64];
            mask.AddTo(bits, budget);
            var isNew = new ulong[bits.Length];
            mask.CopyTo(isNew, budget);
            Assert.Equal(bits, isNew);
            for (var token = 0; token < Vocabulary.Size - 1; token++)
            {
                var after = Follow(terminal, state, Vocabulary[token]!);
                var isAllowed = after != Terminal.None && terminal.Cost(after) <= budget;
                Assert.True(
                    isAllowed == ((bits[token >> 6] >> (token & 63) & 1) != 0),
                    $"{Encoding.UTF8.GetString(Vocabulary[token]!)} after {state} at {budget}: {isAllowed}");
                if (isAllowed && PatternTerminal.IsBetween(after))
                    following.Add(after);
            }
        }
        return following.Count == 0 ? -1 : following[random.Next(following.Count)];
    }

    // A token that goes on after the closing quote is none of the text's.
    private static long Follow(PatternTerminal terminal, long state, byte[] token)
    {
        foreach (var value in token)
        {
            if (terminal.Exit(state) != Terminal.None)
                return Terminal.None;
            if ((state = terminal.Step(state, value)) == Terminal.None)
                return Terminal.None;
        }

        return state;
    }
}
