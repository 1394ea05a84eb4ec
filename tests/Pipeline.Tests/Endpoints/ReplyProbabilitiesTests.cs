using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Endpoints.Replies;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Pipeline.Tests.Infer;
using Qwen35Batch.Pipeline.Tests.Prepare;

namespace Qwen35Batch.Pipeline.Tests.Endpoints;

/// <summary>What follows from the log probabilities that servers send, and what does not.</summary>
public sealed class ReplyProbabilitiesTests : IAsyncDisposable
{
    private const string Masked = "its log probabilities are all 0";

    private readonly StubEndpoint _server = StubEndpoint.Start();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void A_token_has_its_probability_its_margin_and_its_place_in_bytes()
    {
        var read = Read(
            """{"a":"日本"}""",
            ("""{"a":""", 0, -9999), ("\"", -0.01, -5), ("日", Math.Log(0.5), Math.Log(0.25)), ("本\"}", -0.2, null));

        Assert.Equal(
            [new(5, 1, 0.99005, 4.99), new(6, 3, 0.5, 0.69315), new(9, 5, 0.81873, 1.50777)],
            read.Choices!.Select(choice => choice with
            {
                Probability = Math.Round(choice.Probability, 5),
                Margin = Math.Round(choice.Margin, 5),
            }));
    }

    [Fact]
    public void Half_a_character_is_known_by_its_bytes()
    {
        var bytes = Encoding.UTF8.GetBytes("\"日\"");
        var content = new object[]
        {
            new { token = "\"\ufffd", bytes = bytes[..2].Select(one => (int)one), logprob = -0.5, top_logprobs = Array.Empty<object>() },
            new { token = "\ufffd\"", bytes = bytes[2..].Select(one => (int)one), logprob = -0.1, top_logprobs = Array.Empty<object>() },
        };

        var read = ReplyProbabilities.Read(JsonSerializer.SerializeToElement(new { logprobs = new { content } }), "\"日\"");

        Assert.Equal([(0, 2), (2, 3)], read.Choices!.Select(choice => (choice.Start, choice.Length)));
    }

    [Fact]
    public void The_answer_is_found_behind_thinking_and_between_fences()
    {
        var read = Read(
            """{"a":1}""", ("<think>{\"a\":1}</think>```\n", -1, -2), ("""{"a":""", -1, -2), ("1", -0.3, -2), ("}\n```", -0.4, -2));

        Assert.Equal([(0, 5), (5, 1), (6, 1)], read.Choices!.Select(choice => (choice.Start, choice.Length)));
    }

    [Fact]
    public void Log_probabilities_after_the_choice_are_recognised_and_said()
    {
        (string, double, double?)[] tokens =
        [
            ("{\"a\":\"", 0, null), .. Enumerable.Repeat(("x", 0.0, (double?)null), 60), ("\"}", 0, null)
        ];

        var read = Read($$"""{"a":"{{new string('x', 60)}}"}""", tokens);

        Assert.Null(read.Choices);
        Assert.StartsWith(Masked, read.Problem, StringComparison.Ordinal);
        tokens[7].Item2 = -0.01;
        Assert.Single(Read($$"""{"a":"{{new string('x', 60)}}"}""", tokens).Choices!);
    }

    [Theory]
    [InlineData("""{}""", "it sends no log probabilities")]
    [InlineData("""{"logprobs":null}""", "it sends no log probabilities")]
    [InlineData("""{"logprobs":{"content":[]}}""", "it sends no log probabilities")]
    [InlineData("""{"logprobs":{"content":[{"token":"{}"}]}}""", "its log probabilities lack")]
    [InlineData("""{"logprobs":{"content":[{"token":"{}","bytes":[300],"logprob":-1}]}}""", "its log probabilities lack")]
    [InlineData("""{"logprobs":{"content":[{"token":"[]","logprob":-1}]}}""", "the tokens of its log probabilities do not add up")]
    public void What_is_missing_is_said(string choice, string problem)
    {
        var read = ReplyProbabilities.Read(JsonDocument.Parse(choice).RootElement, "{}");

        Assert.Null(read.Choices);
        Assert.StartsWith(problem, read.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_are_asked_for_and_come_with_the_answer()
    {
        _server.Handle = (_, response) => response.SendAsync(200, """
            {"choices":[{"message":{"content":"{}"},"finish_reason":"stop",
             "logprobs":{"content":[{"token":"{}","logprob":-0.5,
              "top_logprobs":[{"token":"{}","logprob":-0.5},{"token":"{","logprob":-2}]}]}}]}
            """);

        var answer = await AskAsync();

        Assert.Equal([new TokenChoice(0, 2, Math.Exp(-0.5), 1.5)], answer.Choices);
        Assert.Null(answer.NoChoices);
        var body = Assert.Single(_server.Requests).Json;
        Assert.True(body.GetProperty("logprobs").GetBoolean());
        Assert.Equal(5, body.GetProperty("top_logprobs").GetInt32());
    }

    [Fact]
    public async Task A_server_that_refuses_them_is_asked_without_and_not_again()
    {
        _server.Handle = (request, response) => request.Json.TryGetProperty("logprobs", out _)
            ? response.SendAsync(400, """{"error":{"message":"logprobs are not supported by this model"}}""")
            : response.SendAsync(200, StubEndpoint.Completion("{}"));
        var inference = EndpointRequests.Inference(_server, new FakeTimeProvider());

        var first = await inference.AskAsync(EndpointRequests.About(SegmentJobs.Picture(1)), Cancel);
        var second = await inference.AskAsync(EndpointRequests.About(SegmentJobs.Picture(1)), Cancel);

        Assert.Equal([true, false, false], _server.Requests.Select(request => request.Json.TryGetProperty("logprobs", out _)));
        Assert.All((ModelAnswer[])[first, second], answer => Assert.Equal("it refuses requests with logprobs", answer.NoChoices));
    }

    [Fact]
    public async Task With_the_setting_off_they_are_neither_asked_for_nor_missed()
    {
        var inference = EndpointRequests.Inference(_server, new FakeTimeProvider(), options => options.LogProbabilities = false);

        var answer = await inference.AskAsync(EndpointRequests.About(SegmentJobs.Picture(1)), Cancel);

        Assert.False(Assert.Single(_server.Requests).Json.TryGetProperty("logprobs", out _));
        Assert.Equal((null, null), (answer.Choices, answer.NoChoices));
    }

    private Task<ModelAnswer> AskAsync() =>
        EndpointRequests.Inference(_server, new FakeTimeProvider()).AskAsync(EndpointRequests.About(SegmentJobs.Picture(1)), Cancel);

    private static ReplyProbabilities Read(string answer, params (string Token, double LogProbability, double? Other)[] tokens)
    {
        var content = tokens.Select(token => new
        {
            token = token.Token,
            logprob = token.LogProbability,
            top_logprobs = token.Other is { } other
                ? new[] { new { token = token.Token, logprob = token.LogProbability }, new { token = "?", logprob = other } }
                : [new { token = token.Token, logprob = token.LogProbability }],
        });
        return ReplyProbabilities.Read(JsonSerializer.SerializeToElement(new { logprobs = new { content } }), answer);
    }
}
