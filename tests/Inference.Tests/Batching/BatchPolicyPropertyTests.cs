using CsCheck;
using Qwen35Batch.Inference.Batching.Plan;
using static Qwen35Batch.Inference.Tests.Batching.EngineTest;

namespace Qwen35Batch.Inference.Tests.Batching;

/// <summary>What holds for every plan, whatever arrives: <see cref="PolicyWorld"/> checks it at each step.</summary>
public sealed class BatchPolicyPropertyTests
{
    private static readonly Gen<BatchLimits> AnyLimits = Gen.Select(
        Gen.Int[1, 6], Gen.Int[1, 40], Gen.Int[4, 64], Gen.Bool, Gen.Int[1, 6],
        (slots, prefill, patches, isFixed, forced) => Limits(slots, prefill, patches) with { FixedShapes = isFixed, ForcedRun = forced });

    private static readonly Gen<PolicyRequest> AnyRequest = Gen.Select(
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 3], Gen.Int[2, 60], Gen.Int[0, 40]),
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 10], Gen.Int[0, 2], Gen.Int[1, 20].Array[0, 3]),
        Gen.Frequency((4, Gen.Const(0)), (1, Gen.Int[1, 10])),
        (arrival, answer, cancelled) => new PolicyRequest(
            arrival.Item1, arrival.Item2, arrival.Item3, arrival.Item4, answer.Item1, answer.Item2, answer.Item3, answer.Item4, cancelled));

    [Fact]
    public void No_slot_is_two_sequences_no_budget_is_exceeded_and_every_request_is_answered() =>
        Gen.Select(AnyLimits, AnyRequest.Array[1, 25]).Sample((limits, requests) =>
        {
            var answered = new PolicyWorld(limits, takesTurns: false).Run(requests);

            Assert.InRange(answered, requests.Count(request => request.CancelledAfter == 0), requests.Length);
        });

    [Fact]
    public void Groups_take_turns() =>
        Gen.Select(AnyLimits, AnyRequest.Array[1, 40]).Sample((limits, requests) =>
        {
            PolicyRequest[] texts = [.. requests.Select(request => request with { Pictures = [], Priority = 0, CancelledAfter = 0 })];

            Assert.Equal(texts.Length, new PolicyWorld(limits, takesTurns: true).Run(texts));
        });
}
