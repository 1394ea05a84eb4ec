using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tests.Infer;
using Qwen35Batch.Pipeline.Tests.Prepare;
using static Qwen35Batch.Pipeline.Tests.Infer.StubEndpoint;

namespace Qwen35Batch.Pipeline.Tests.Endpoints;

/// <summary>
/// What an endpoint's fault is charged to: an item where others are answered, else the form of the request or the endpoint.
/// </summary>
public sealed class FaultScopeTests : IAsyncDisposable
{
    private const string Reset = "reset";

    private readonly StubEndpoint _server = Start();
    private readonly FakeTimeProvider _time = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(0, Reset, true)]
    [InlineData(502, "<html>Bad gateway</html>", true)]
    [InlineData(504, "upstream request timeout", true)]
    [InlineData(524, "a timeout occurred", true)]
    [InlineData(408, "", true)]
    [InlineData(503, "upstream connect error or disconnect/reset before headers. reset reason: connection termination", true)]
    [InlineData(500, """{"error":{"message":"The operation took too long and was cancelled by the scheduler."}}""", false)]
    [InlineData(500, "CUDA out of memory", false)]
    [InlineData(200, "{}", false)]
    public async Task An_item_is_charged_for_what_looks_like_an_outage_while_others_are_answered(int status, string body, bool breaks)
    {
        _server.Handle = (request, response) =>
            request.IsProbe ? response.SendAsync(200, Completion("{}")) : FailAsync(response, status, body);

        var charged = await Assert.ThrowsAsync<ResourceUnavailableException>(AskAsync);

        Assert.Equal((FaultScope.Item, true, breaks), (charged.Scope, charged.CountsAsAttempt, charged.BreaksEngine));
    }

    [Theory]
    [InlineData(0, Reset)]
    [InlineData(502, "<html>Bad gateway</html>")]
    [InlineData(504, "upstream request timeout")]
    [InlineData(500, "Internal Server Error")]
    [InlineData(200, "{}")]
    [InlineData(200, "")]
    public async Task Nobody_is_charged_when_nothing_is_answered(int status, string body)
    {
        _server.Handle = (_, response) => FailAsync(response, status, body);

        var deferred = await Assert.ThrowsAsync<ResourceUnavailableException>(AskAsync);

        Assert.Equal((FaultScope.Engine, false, false), (deferred.Scope, deferred.CountsAsAttempt, deferred.BreaksEngine));
    }

    [Theory]
    [InlineData(429, "20", 20)]
    [InlineData(429, "2.5", 2.5)]
    [InlineData(429, "Thu, 01 Jan 2026 00:02:00 GMT", 120)]
    [InlineData(429, "100000", 1800)]
    [InlineData(503, null, 15)]
    [InlineData(529, "soon", 15)]
    public async Task A_server_with_too_much_to_do_is_asked_again_when_it_says(int status, string? retryAfter, double seconds)
    {
        _server.Handle = (_, response) => response.SendAsync(status, """{"error":"busy"}""", retryAfter);

        var deferred = await Assert.ThrowsAsync<ResourceUnavailableException>(AskAsync);

        Assert.Equal((FaultScope.Engine, TimeSpan.FromSeconds(seconds)), (deferred.Scope, deferred.Delay));
        Assert.StartsWith($"The model endpoint answered {status}: {{\"error\":\"busy\"}}", deferred.Message, StringComparison.Ordinal);
        // It has enough to do without being asked about nothing.
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task Milliseconds_go_before_seconds()
    {
        _server.Handle = (_, response) => response.SendAsync(429, [], "text/plain", ("retry-after-ms", "1500"), ("Retry-After", "9"));

        Assert.Equal(TimeSpan.FromSeconds(1.5), (await Assert.ThrowsAsync<ResourceUnavailableException>(AskAsync)).Delay);
    }

    [Theory]
    [InlineData(400, "Unrecognized request argument supplied: chat_template_kwargs", "Engine:ServerExtensions")]
    [InlineData(422, "body.top_k: Extra inputs are not permitted", "Engine:ServerExtensions")]
    [InlineData(400, "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", "Engine:ServerExtensions")]
    [InlineData(400,
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
        + "instead.", "Engine:ServerExtensions")]
    [InlineData(400, "The provided JSON schema contains features not supported by xgrammar.", "JSON Schema")]
    [InlineData(400,
        "Invalid 'response_format.json_schema.name': string too long. Expected a string with maximum length "
        + "64.", "JSON Schema")]
    [InlineData(400, "At most 1 image(s) may be provided in one prompt.", "pictures")]
    [InlineData(400, "x is not a multimodal model", "pictures")]
    [InlineData(500, "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj", null)]
    [InlineData(400, "Unsupported value: 'temperature' does not support 0 with this model.", "sampling")]
    [InlineData(400, "Invalid model name passed in model=x", "Engine:Model")]
    [InlineData(401, "", "Engine:ApiKey")]
    [InlineData(402, "Insufficient credits", "credit")]
    [InlineData(429, "You exceeded your current quota, please check your plan and billing details.", "credit")]
    [InlineData(404, "The model `x` does not exist.", "Engine:Model")]
    [InlineData(404, "Not Found", "Engine:BaseUrl")]
    [InlineData(409, "conflict", "taken")]
    [InlineData(200, "<html><body>It works!</body></html>", "Engine:BaseUrl")]
    public async Task What_no_request_of_the_form_gets_answered_charges_nobody_and_names_the_setting(
        int status, string words, string? setting)
    {
        _server.Handle = (_, response) => response.SendAsync(status, words);

        var paused = await Assert.ThrowsAsync<ResourceUnavailableException>(AskAsync);

        Assert.False(paused.CountsAsAttempt);
        if (setting is null) return;
        Assert.Equal((FaultScope.Request, TimeSpan.FromMinutes(1)), (paused.Scope, paused.Delay));
        Assert.Contains(setting is "taken" ? "when the server takes requests again" : setting, paused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirection_names_where_it_points_to()
    {
        _server.Handle = (_, response) =>
            response.SendAsync(307, [], "text/plain", ("Location", "https://elsewhere.example/v1/chat/completions"));

        var paused = await Assert.ThrowsAsync<ResourceUnavailableException>(AskAsync);

        Assert.Equal(FaultScope.Request, paused.Scope);
        Assert.Contains(
            "points to https://elsewhere.example/v1/chat/completions: set Engine:BaseUrl", paused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "cannot identify image file")]
    [InlineData(403, "Your input was flagged.")]
    [InlineData(422, "some new words")]
    public async Task A_refusal_in_unknown_words_is_the_items_only_where_others_are_answered(int status, string words)
    {
        _server.Handle = (request, response) =>
            request.IsProbe ? response.SendAsync(200, Completion("{}")) : response.SendAsync(status, words);
        var rejected = await Assert.ThrowsAsync<MediaRejectedException>(AskAsync);

        _server.Handle = (_, response) => response.SendAsync(status, words);
        var paused = await Assert.ThrowsAsync<ResourceUnavailableException>(AskAsync);

        Assert.Equal(RejectionReason.ModelRefused, rejected.Reason);
        Assert.Contains(words, rejected.Message, StringComparison.Ordinal);
        Assert.Equal(FaultScope.Request, paused.Scope);
        Assert.Contains($"{words.TrimEnd('.')}. The server refuses every request of this form", paused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_answered_a_little_earlier_spares_the_question_about_nothing()
    {
        var inference = Inference();
        await inference.AskAsync(Request(), Cancel);
        _server.Handle = (_, response) => response.SendAsync(400, "cannot identify image file");

        await Assert.ThrowsAsync<MediaRejectedException>(() => inference.AskAsync(Request(), Cancel));
        Assert.Equal(2, _server.Requests.Count);

        // A minute later it may be the form of every request.
        _time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<ResourceUnavailableException>(() => inference.AskAsync(Request(), Cancel));
        Assert.Equal(4, _server.Requests.Count);
    }

    [Fact]
    public async Task Many_that_fail_together_ask_about_nothing_once()
    {
        _server.Handle = (_, response) => response.SendAsync(500, "boom");
        var inference = Inference();

        var failed = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ =>
                Assert.ThrowsAsync<ResourceUnavailableException>(() => inference.AskAsync(Request(), Cancel))));

        Assert.All(failed, fault => Assert.Equal(FaultScope.Engine, fault.Scope));
        Assert.Equal(1, _server.Requests.Count(request => request.IsProbe));
    }

    [Fact]
    public async Task The_question_about_nothing_does_not_wait_for_a_place()
    {
        var othersWait = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        var first = 1;
        _server.Handle = async (request, response) =>
        {
            if (!request.IsProbe && Interlocked.Exchange(ref first, 0) == 1)
            {
                arrived.SetResult();
                await response.BreakAsync();
                return;
            }

            // All places are taken by requests that are answered only when the broken one has been charged.
            if (!request.IsProbe) await othersWait.Task;
            await response.SendAsync(200, Completion("{}"));
        };
        var inference = Inference(options => options.MaxConcurrency = 2);
        var broken = Assert.ThrowsAsync<ResourceUnavailableException>(() => inference.AskAsync(Request(), Cancel));
        var others = new List<Task<ModelAnswer>>();
        await arrived.Task;
        for (var number = 0; number < 4; number++) others.Add(inference.AskAsync(Request(), Cancel));

        Assert.Equal(FaultScope.Item, (await broken).Scope);

        othersWait.SetResult();
        await Task.WhenAll(others);
    }

    [Fact]
    public async Task Where_the_question_about_nothing_waits_too_long_others_answers_tell()
    {
        var waits = new TaskCompletionSource();
        var first = 1;
        _server.Handle = (request, response) =>
        {
            if (!request.IsProbe)
                return Interlocked.Exchange(ref first, 0) == 1 ? response.BreakAsync() : response.SendAsync(200, Completion("{}"));
            return response.DripAsync(waits.SetResult);
        };
        var inference = Inference();
        var broken = Assert.ThrowsAsync<ResourceUnavailableException>(() => inference.AskAsync(Request(), Cancel));
        await waits.Task.WaitAsync(Cancel);
        _time.Advance(TimeSpan.FromSeconds(1));
        await inference.AskAsync(Request(), Cancel);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal((FaultScope.Item, true), ((await broken).Scope, (await broken).BreaksEngine));
    }

    [Fact]
    public async Task The_question_about_nothing_has_the_form_of_the_request_and_nothing_of_the_item()
    {
        _server.Handle = (_, response) => response.SendAsync(500, "boom");

        await Assert.ThrowsAsync<ResourceUnavailableException>(AskAsync);

        var (asked, probe) = (_server.Requests.First().Json, _server.Requests.Last().Json);
        foreach (var member in asked.EnumerateObject().Where(member => member.Name != "messages"))
            Assert.Equal(member.Value.GetRawText(), probe.GetProperty(member.Name).GetRawText());
        Assert.Equal(asked.GetProperty("messages")[0].GetRawText(), probe.GetProperty("messages")[0].GetRawText());
        var parts = probe.GetProperty("messages")[1].GetProperty("content").EnumerateArray().ToList();
        Assert.Equal(["text", "image_url"], parts.Select(part => part.GetProperty("type").GetString()));
        Assert.Equal("A test.", parts[0].GetProperty("text").GetString());
        Assert.NotEqual(asked.GetProperty("messages")[1].GetProperty("content")[1].GetRawText(), parts[1].GetRawText());
    }

    [Fact]
    public async Task A_server_that_is_not_there_charges_nobody()
    {
        var port = FreePort();

        var away = await Assert.ThrowsAsync<ResourceUnavailableException>(
            () => Inference(options => options.BaseUrl = new($"http://127.0.0.1:{port}/v1")).AskAsync(Request(), Cancel));

        Assert.Equal(FaultScope.Engine, away.Scope);
        Assert.Contains("cannot be reached", away.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, FaultScope.Item)]
    [InlineData(false, FaultScope.Engine)]
    public async Task A_server_that_never_ends_is_given_up_at_the_deadline(bool answersOthers, FaultScope scope)
    {
        _server.Handle = (request, response) => answersOthers && request.IsProbe
            ? response.SendAsync(200, Completion("{}"))
            : response.DripAsync(() => _time.Advance(TimeSpan.FromMinutes(10)));

        var late = await Assert.ThrowsAsync<ResourceUnavailableException>(AskAsync);

        Assert.Equal((scope, scope == FaultScope.Item), (late.Scope, late.BreaksEngine));
        Assert.Contains("Engine:RequestTimeout", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_larger_than_allowed_is_not_read()
    {
        _server.Handle = (request, response) => response.SendAsync(200, Completion(request.IsProbe ? "{}" : new string('x', 5000)));

        var large = await Assert.ThrowsAsync<ResourceUnavailableException>(() =>
            Inference(options => options.MaxAnswerBytes = 2048).AskAsync(Request(), Cancel));

        Assert.Contains("Engine:MaxAnswerBytes", large.Message, StringComparison.Ordinal);
        Assert.Equal(FaultScope.Item, large.Scope);
    }

    private static Task FailAsync(StubResponse response, int status, string body) =>
        body == Reset ? response.BreakAsync() : response.SendAsync(status, body);

    private static PreparedRequest Request() => EndpointRequests.About(SegmentJobs.Picture(7));

    private Task<ModelAnswer> AskAsync() => Inference().AskAsync(Request(), Cancel);

    private ModelInference Inference(Action<EndpointOptions>? change = null) => EndpointRequests.Inference(_server, _time, change);
}
