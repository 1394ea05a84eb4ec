using System.Text;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Tests.Grammar.Masks;

/// <summary>Masks of several patterns that are followed together, beside those of each alone, byte by byte.</summary>
public class JointPatternTests
{
    private const string Letters = "abcdefghijklmnopqrst";

    private static readonly TokenVocabulary Pieces = Vocabularies.Pieces(
        [
            .. ((string[])["abc_a-b c", "cab\",\"b", "日本語のé😀a", "bb\\nc\\t\\\"a", "\\u00e9\\ud83d\\ude00c", "aabbccbbaa\""])
                .Select(Encoding.UTF8.GetBytes)
        ],
        9);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Patterns_of_one_alphabet_have_the_masks_that_each_has_alone(bool areShared)
    {
        var (a, b, c) = (Compile("a"), Compile("b"), Compile("^[^c]*c"));
        PatternAutomaton[] texts =
        [
            a.And(b, "#")!.And(c, "#")!, a.And(b, "#")!.Or(c, "#"), a.Or(b, "#").Or(c, "#"), a.Or(b, "#").And(c, "#")!,
            a.Or(b, "#").Or(c, "#").Except(a.And(b, "#")!.And(c, "#")!, "#")!,
        ];
        var terminals = texts.SelectMany(
            (text, i) => (PatternTerminal?[])
                [
                    PatternTerminal.Create(text, 0, null, "#"), PatternTerminal.Create(text, i, 12 + i, "#"),
                    PatternTerminal.Create(text, 3 * i, 200, "#"),
                ]);
        Assert.Single(texts.Select(text => text.Alphabet).Distinct());

        Check(Pieces, [.. terminals.OfType<PatternTerminal>()], ["", "a", "ab", "xyzxyz", "ccccccccccc"], areShared);
    }

    [Fact]
    public void Patterns_of_several_alphabets_have_the_masks_that_each_has_alone() =>
        Check(
            Pieces,
            [.. ((string[])["a", "^\\p{L}+$", "b{2,}c?", "^[^a]*$", "^.*\\n"]).Select(pattern => new PatternTerminal(Compile(pattern)))],
            ["", "b", "bb日"],
            areShared: null);

    [Fact]
    public void Patterns_with_too_many_states_side_by_side_have_the_masks_that_each_has_alone()
    {
        // All letters are in all of them, so that they have one alphabet.
        PatternAutomaton[] texts =
        [
            .. Letters.Select(letter => Compile($"{letter}|^{string.Concat(Letters.Where(other => other != letter))}$")),
        ];
        Assert.Single(texts.Select(text => text.Alphabet).Distinct());

        Check(
            Vocabularies.Pieces([RandomLetters(24_000)], 9),
            [.. texts.Select(text => new PatternTerminal(text))],
            ["", "ab"],
            areShared: false);
    }

    // Nearly each piece of it has other letters in it, which is another state.
    private static byte[] RandomLetters(int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ => (byte)Letters[random.Next(Letters.Length)])];
    }

    private static PatternAutomaton Compile(string pattern) => PatternAutomaton.Compile(pattern, "#");

    private static void Check(TokenVocabulary vocabulary, PatternTerminal[] terminals, string[] texts, bool? areShared)
    {
        var trie = new TokenTrie(vocabulary);
        var tokens = new PatternTokens(trie, vocabulary.Size, isRaw: false, areShared);
        var places = terminals
            .SelectMany(terminal => texts, (terminal, text) => (Terminal: terminal, State: After(terminal, text)))
            .Where(place => place.State != Terminal.None)
            .Select((place, i) => (place.Terminal, State: tokens.Canonical(place.Terminal, place.State), Left: (i % 7) - 1))
            .ToArray();
        var masks = tokens.Masks(places);

        var any = new ulong[(vocabulary.Size + 63) / 64];
        tokens.AddAny([.. masks.Select((mask, i) => ((PatternCosts)mask.Costed).At(i % 4))], any);
        var expected = new ulong[any.Length];
        Assert.NotEmpty(masks);
        foreach (var (i, (terminal, state, left)) in places.Index())
        {
            var alone = PatternByteWalk.Mask(trie, terminal, state, expected.Length);
            foreach (var budget in (int[])[left, 0, 2, 40, Terminal.Endless - 1])
                AssertSame(masks[i], alone, budget, $"{i} in state {state} with {budget} tokens left");
            Assert.Equal(alone.Exits.Nodes.Order(), masks[i].Exits.Nodes);
            alone.AddTo(expected, i % 4);
        }

        Assert.True(any.AsSpan().SequenceEqual(expected), "any");
    }

    private static void AssertSame(StringMask joint, StringMask alone, int budget, string place)
    {
        var (mine, plain) = (new ulong[joint.All.Length], new ulong[joint.All.Length]);
        joint.CopyTo(mine, budget);
        alone.CopyTo(plain, budget);
        Assert.True(mine.AsSpan().SequenceEqual(plain), place);
    }

    private static long After(PatternTerminal terminal, string text)
    {
        var state = terminal.Step(0, (byte)'"');
        foreach (var next in Encoding.UTF8.GetBytes(text))
        {
            if (state != Terminal.None)
                state = terminal.Step(state, next);
        }

        return state;
    }
}
