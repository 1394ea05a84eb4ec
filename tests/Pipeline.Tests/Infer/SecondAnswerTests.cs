using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Pipeline.Tests.Endpoints;
using Qwen35Batch.Pipeline.Tests.Prepare;

namespace Qwen35Batch.Pipeline.Tests.Infer;

/// <summary>An answer that is not valid is asked for once more.</summary>
public sealed class SecondAnswerTests : IDisposable
{
    private readonly ScriptedChatClient _model = new();
    private readonly FakeTimeProvider _time = new() { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task One_that_was_cut_off_gets_twice_the_tokens_and_the_same_prompt()
    {
        var request = EndpointRequests.About(SegmentJobs.Picture(1));
        _model.Answer = (number, _, _) => Task.FromResult(Cut(number == 0));

        var first = await Inference().AskAsync(request, Cancel);
        var second = await Inference().AskAgainAsync(request, first, "It was cut off.", Cancel);

        Assert.Equal([800, 1600], _model.Requests.Select(asked => asked.Options.MaxOutputTokens));
        Assert.Equal(request.Messages.Count, _model.Requests[1].Messages.Count);
        Assert.Equal((false, 20), (second.Truncated, second.Usage.OutputTokens));
    }

    [Theory]
    [InlineData(ModelFaultKind.Refused)]
    [InlineData(ModelFaultKind.Failed)]
    [InlineData(ModelFaultKind.Broken)]
    [InlineData(ModelFaultKind.PromptTooLong)]
    public async Task The_first_one_stands_when_the_second_call_fails(ModelFaultKind kind)
    {
        var request = EndpointRequests.About(SegmentJobs.Picture(1));
        _model.Answer = (number, _, _) => number == 0 ? Task.FromResult(ScriptedChatClient.Say("no JSON")) : throw new ArithmeticException();

        var inference = Inference(kind);
        var first = await inference.AskAsync(request, Cancel);

        Assert.Equal(first, await inference.AskAgainAsync(request, first, "It is no JSON.", Cancel));
        Assert.Equal(2, _model.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_is_busy_is_given_time_for_the_second_one()
    {
        var request = EndpointRequests.About(SegmentJobs.Picture(1));
        _model.Answer = (number, _, _) => number == 1 ? throw new ArithmeticException() : Task.FromResult(ScriptedChatClient.Say(number == 0 ? "no JSON" : "{}"));

        var inference = Inference(ModelFaultKind.Unavailable);
        var first = await inference.AskAsync(request, Cancel);
        var asking = inference.AskAgainAsync(request, first, "It is no JSON.", Cancel);
        while (!asking.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal("{}", (await asking).Text);
        Assert.Equal(3, _model.Requests.Count);
    }

    private static ChatResponse Cut(bool isCut)
    {
        var answer = ScriptedChatClient.Say(isCut ? "{\"a\":" : "{}");
        answer.FinishReason = isCut ? ChatFinishReason.Length : ChatFinishReason.Stop;
        return answer;
    }

    private ModelInference Inference(ModelFaultKind kind = ModelFaultKind.Failed) =>
        new(_model, new([exception => exception is ArithmeticException ? new(kind, "It failed.", TimeSpan.FromSeconds(2)) : null], []), _time);
}
