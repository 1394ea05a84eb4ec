using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Batching;

public sealed class ReasoningGrammarTests
{
    private const int EndOfThought = 10;
    private const int Gap = 11;
    private const int Special = 12;

    private readonly ulong[] _mask = new ulong[1];

    [Fact]
    public void Reasoning_is_free_until_the_model_ends_it_and_the_answer_follows_the_grammar()
    {
        var grammar = Create(1, -1, 2);

        Assert.Empty(grammar.ForcedTokens(20));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, EndOfThought, Gap], Allowed(grammar, 20));
        grammar.Accept(7);
        grammar.Accept(EndOfThought);
        Assert.Equal([Gap], grammar.ForcedTokens(18));
        Assert.Equal([Gap], Allowed(grammar, 18));
        grammar.Accept(Gap);
        Assert.Equal([1], grammar.ForcedTokens(17));
        grammar.Accept(1);
        Assert.False(grammar.IsComplete);
        grammar.Accept(7);
        grammar.Accept(2);
        Assert.True(grammar.IsComplete);
    }

    [Fact]
    public void Reasoning_leaves_half_of_the_tokens_to_the_answer()
    {
        var grammar = Create(1, -1, 2);

        for (var remaining = 20; remaining > 10; remaining--)
        {
            Assert.Empty(grammar.ForcedTokens(remaining));
            grammar.Accept(3);
        }

        Assert.Equal([EndOfThought, Gap], grammar.ForcedTokens(10));
        Assert.Equal([EndOfThought], Allowed(grammar, 10));
    }

    [Fact]
    public void A_long_answer_gets_what_it_needs()
    {
        var grammar = Create(1, 2, 3, 4, 5, 6);

        Assert.Equal(8, grammar.ShortestCompletion);
        Assert.Empty(grammar.ForcedTokens(9));
        grammar.Accept(3);
        Assert.Equal([EndOfThought, Gap], grammar.ForcedTokens(8));
    }

    [Fact]
    public void Nothing_comes_between_the_reasoning_and_the_answer()
    {
        var grammar = Create(1);
        grammar.Accept(EndOfThought);

        Assert.Throws<InvalidOperationException>(() => grammar.Accept(5));
    }

    private static ReasoningGrammar Create(params int[] answer)
    {
        var vocabulary = new TokenVocabulary(
            [.. Enumerable.Range(0, 14).Select(id => id is 0 or EndOfThought or Special or 13 ? null : new[] { (byte)id })], [0]);
        return new ReasoningGrammar(new ScriptGrammar(answer), new ReasoningMarks(vocabulary, EndOfThought, [Gap]));
    }

    private int[] Allowed(ReasoningGrammar grammar, int remaining)
    {
        grammar.FillMask(_mask, remaining);
        return [.. Enumerable.Range(0, 64).Where(id => (_mask[0] >> id & 1) != 0)];
    }
}
