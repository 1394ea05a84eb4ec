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
        Assert.Contains("4001 tokens for its prompt and 96 for its answer, 4097 together", RequestCheck.Refusal(4001, 96, 0, Limits(1))!.Message, StringComparison.Ordinal);
        Assert.Contains("4096 tokens for its prompt and 1 for its answer", RequestCheck.Refusal(4096, null, 0, Limits(1))!.Message, StringComparison.Ordinal);
        Assert.Contains("4000 tokens for its prompt and 97", RequestCheck.Refusal(4000, null, 97, Limits(1))!.Message, StringComparison.Ordinal);
    }
}
