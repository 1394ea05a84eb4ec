using Qwen35Batch.Inference.Batching;
using static Qwen35Batch.Inference.Tests.Batching.EngineTest;

namespace Qwen35Batch.Inference.Tests.Batching;

public sealed class RequestCheckTests
{
    [Fact]
    public void An_answer_that_may_be_longer_than_the_rest_of_the_slot_is_refused_with_the_numbers()
    {
        Assert.Null(RequestCheck.Refusal(4000, 96, 0, Limits(1)));
        Assert.Null(RequestCheck.Refusal(4095, null, 0, Limits(1)));
        Assert.Contains(
            "4001 tokens for its prompt and 96 for its answer, 4097 together",
            RequestCheck.Refusal(4001, 96, 0, Limits(1))!.Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "4096 tokens for its prompt and 1 for its answer",
            RequestCheck.Refusal(4096, null, 0, Limits(1))!.Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "4000 tokens for its prompt and 97", RequestCheck.Refusal(4000, null, 97, Limits(1))!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4001, 96, 0, RequestRefusal.PromptTooLong, "Send less text, smaller pictures or fewer frames")]
    [InlineData(4096, null, 0, RequestRefusal.PromptTooLong, "Send less text, smaller pictures or fewer frames")]
    [InlineData(
        10,
        1,
        25,
        RequestRefusal.AnswerLength,
        "may have 1 tokens (MaxOutputTokens), but the shortest one that its schema allows has 25. Allow at least as many.")]
    [InlineData(
        10, 65_536, 25, RequestRefusal.AnswerLength, "may have 65536 tokens (MaxOutputTokens), but a sequence of this engine holds 4096")]
    public void Each_kind_of_refusal_has_its_own_sentence(int prompt, int? most, int shortest, RequestRefusal kind, string sentence)
    {
        var refusal = RequestCheck.Refusal(prompt, most, shortest, Limits(1))!;

        Assert.Equal(kind, refusal.Kind);
        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
    }
}
