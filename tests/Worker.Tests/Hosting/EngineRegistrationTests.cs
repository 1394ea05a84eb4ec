using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Worker.Hosting;

namespace Qwen35Batch.Worker.Tests.Hosting;

public sealed class EngineRegistrationTests
{
    [Theory]
    [InlineData(RequestRefusal.PromptTooLong, ModelFaultKind.PromptTooLong)]
    [InlineData(RequestRefusal.AnswerLength, ModelFaultKind.AnswerLength)]
    [InlineData(RequestRefusal.Option, ModelFaultKind.Refused)]
    [InlineData(RequestRefusal.Schema, ModelFaultKind.Refused)]
    public void A_refusal_keeps_its_kind_and_its_sentence(RequestRefusal refusal, ModelFaultKind kind) =>
        Assert.Equal(new ModelFault(kind, "It cannot be."), EngineRegistration.Read(new RequestRefusedException(refusal, "It cannot be.")));
}
