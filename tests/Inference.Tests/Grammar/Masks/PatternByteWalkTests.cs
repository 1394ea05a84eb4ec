using System.Text;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Tests.Grammar.Masks;

public class PatternByteWalkTests
{
    // Among them are halves of surrogates, and characters that fewer bytes write or that are none.
    private static readonly TokenVocabulary Vocabulary = Vocabularies.Pieces(
        [
            .. ((string[])["a日本語のé😀b", "\\u00e9\\ud83d\\ude00\"x", "\uFFFD\U00010000\u07FF\u0800\""]).Select(Encoding.UTF8.GetBytes),
            [0xED, 0xA0, 0x80, 0x61], [0xF4, 0x90, 0x80, 0x80], [0xE0, 0x80, 0x80, 0x62], [0xF0, 0x8F, 0xBF, 0xBF], [0xC1, 0x81],
        ],
        9);

    private static readonly TokenTrie Trie = new(Vocabulary);

    [Theory]
    [InlineData("^[\\p{L}\\n -]+$", 0, null)]
    [InlineData("^[一-龠ぁ-んa-z]{2,9}$", 0, null)]
    [InlineData("^.*$", 1, 3)]
    [InlineData("^[\\u0080-\\uD7FF\\u{10000}-\\u{1F700}]*x?$", 0, null)]
    [InlineData("^(a?日)*本?$", 2, 40)]
    public void Tokens_that_go_on_within_a_character_are_those_that_can_be_followed_byte_by_byte(string pattern, int min, int? max)
    {
        var terminal = PatternTerminal.Create(PatternAutomaton.Compile(pattern, "#"), min, max, "#")!;
        var between = terminal.Step(0, (byte)'"');
        long[] states =
        [
            .. Enumerable.Range(0, Vocabulary.Size - 1)
                .Select(token => Follow(terminal, between, Vocabulary[token]!))
                .Where(state => state != Terminal.None && !PatternTerminal.IsBetween(state) && terminal.Exit(state) == Terminal.None)
                .Distinct()
        ];

        Assert.Contains(states, state => PatternTerminal.BegunOf(state) is { Length: 3, Left: 2 });
        foreach (var state in (long[])[0, between, .. states])
            Check(terminal, state);
    }

    private static void Check(PatternTerminal terminal, long state)
    {
        var mask = PatternByteWalk.Mask(Trie, terminal, state, (Vocabulary.Size + 63) / 64);
        var costs = new int[Vocabulary.Size - 1];
        for (var token = 0; token < costs.Length; token++)
        {
            costs[token] = Follow(terminal, state, Vocabulary[token]!) is var after && after == Terminal.None
                ? Terminal.Endless
                : terminal.Cost(after);
        }

        foreach (var budget in (int[])[0, 1, 2, 3, 5, Terminal.Endless - 1])
        {
            var bits = new ulong[(Vocabulary.Size + 63) / 64];
            mask.AddTo(bits, budget);
            for (var token = 0; token < costs.Length; token++)
            {
                Assert.True(
                    costs[token] <= budget == ((bits[token >> 6] >> (token & 63) & 1) != 0),
                    $"{Convert.ToHexString(Vocabulary[token]!)} after {state} at {budget}: {costs[token]}");
            }
        }
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
