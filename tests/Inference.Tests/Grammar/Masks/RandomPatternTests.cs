using System.Text;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Tests.Grammar.Masks;

/// <summary>Masks of random patterns beside a plain walk of all tokens, byte by byte.</summary>
public class RandomPatternTests
{
    private static readonly string[] Characters =
    [
        "a", "[a-z0-9_]", "\\d", "[A-Z]", "\\p{L}", "[\\p{L} ]", "[一-龠ぁ-ん]", "日", ".", "\\S", "[^\"]", "\\n", "[\\x01-\\x1f]", "é", "[b-x]",
        "\\\\", "\\u{1F600}", "[\\u0080-\\uFFFF]", "-", "\\w",
    ];

    private static readonly string[] Counts = ["", "", "?", "*", "+", "{3}", "{2,5}", "{20}", "{0,40}", "{1,160}", "{7,}"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Masks_over_pieces_of_text_are_those_of_a_plain_walk(bool areShared) =>
        Check(
            Vocabularies.Pieces(
                [
                    .. ((string[])
                        [
                            "a_b-0 日本語のé😀x", "A1 Ж\\n\\t\\\"d\\\\", "\\u00e9\\ud83d\\ude00", "zz-2026\",\"b\"",
                            "\\u0001\\u3042\": 日", "aaaaaaaaaaa日\"",
                        ]).Select(Encoding.UTF8.GetBytes)
                ],
                9),
            seeds: 120,
            areShared);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Masks_over_a_vocabulary_of_real_size_are_those_of_a_plain_walk(bool areShared) =>
        Check(LargeVocabulary.Create(), seeds: 14, areShared);

    private static void Check(TokenVocabulary vocabulary, int seeds, bool areShared)
    {
        var trie = new TokenTrie(vocabulary);
        var tokens = new PatternTokens(trie, vocabulary.Size, isRaw: false, areShared);
        for (var seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            var pattern = Pattern(random);
            int? max = random.Next(3) == 0 ? random.Next(1, 60) : null;
            var min = random.Next(3) == 0 ? random.Next(0, 12) : 0;
            if (PatternTerminal.Create(PatternAutomaton.Compile(pattern, "#"), min, max, "#") is { } terminal)
                Follow(terminal, trie, tokens, vocabulary, random, $"{pattern} of {min} to {max} characters");
        }
    }

    private static void Follow(
        PatternTerminal terminal, TokenTrie trie, PatternTokens tokens, TokenVocabulary vocabulary, Random random, string pattern)
    {
        var state = terminal.Step(0, (byte)'"');
        var (mine, plain) = (new ulong[(vocabulary.Size + 63) / 64], new ulong[(vocabulary.Size + 63) / 64]);
        for (var step = 0; step < 5; step++)
        {
            var found = tokens.Mask(terminal, tokens.Canonical(terminal, state));
            var walked = PatternByteWalk.Mask(trie, terminal, state, plain.Length);
            var ends = tokens.Mask(terminal, tokens.CanonicalAtEnd(terminal, state));
            foreach (var budget in (int[])[0, 1, 2, 5, 30, Terminal.Endless - 1])
            {
                found.CopyTo(mine, budget);
                walked.CopyTo(plain, budget);
                Assert.True(mine.AsSpan().SequenceEqual(plain), $"{pattern} in state {state} with {budget} tokens left");
            }

            Assert.Equal(walked.Exits.Nodes.Order(), found.Exits.Nodes);
            Assert.Equal(walked.Exits.Nodes.Order(), ends.Exits.Nodes);
            Assert.All(walked.Exits.Nodes.Take(100), node => Assert.True(found.Exits.Contains(node)));
            var following = Following(terminal, state, plain, vocabulary);
            if (following.Count == 0)
                return;
            state = following[random.Next(following.Count)];
        }
    }

    private static List<long> Following(PatternTerminal terminal, long state, ulong[] mask, TokenVocabulary vocabulary)
    {
        var following = new List<long>();
        for (var token = 0; token < vocabulary.Size; token++)
        {
            if ((mask[token >> 6] >> (token & 63) & 1) != 0
                && vocabulary[token]!.Aggregate(state, terminal.Step) is var after
                && PatternTerminal.IsBetween(after))
            {
                following.Add(after);
            }
        }

        return following;
    }

    private static string Pattern(Random random)
    {
        var text = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => Part(random, depth: 0)));
        return random.Next(5) == 0 ? text : $"^{text}$";
    }

    private static string Part(Random random, int depth) => random.Next(6) switch
    {
        0 when depth == 0 => $"({string.Join('|', Enumerable.Range(0, 3).Select(_ => Part(random, 1)))}){Counts[random.Next(7)]}",
        1 => "ba" + Characters[random.Next(Characters.Length)],
        _ => Characters[random.Next(Characters.Length)] + Counts[random.Next(depth == 0 ? Counts.Length : 3)],
    };
}
