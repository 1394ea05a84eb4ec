using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tests.Infer;
using Qwen35Batch.Pipeline.Tests.Prepare;

namespace Qwen35Batch.Pipeline.Tests.Endpoints;

public sealed class OpenAICompatibleClientTests : IAsyncLifetime
{
    private readonly StubEndpoint _server = StubEndpoint.Start();
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_body_is_what_such_servers_take()
    {
        var task = SegmentJobs.Task("video") with { Sampling = new() { Temperature = 0.5, TopK = 20, MaxOutputTokens = 900 } };
        var content = new ExtractedSegment { Pictures = [SegmentJobs.Picture(1, seconds: 12), SegmentJobs.Picture(2, seconds: 13.25)] };
        var request = SegmentRequest.Build(SegmentJobs.Job(SegmentJobs.Clip, MediaKind.Video, "video"), task, content, null, null);

        await Inference().AskAsync(request, Cancel);

        var sent = Assert.Single(_server.Requests);
        Assert.Equal(("/v1/chat/completions", "Bearer secret"), (sent.Path, sent.Authorization));
        var body = sent.Json;
        Assert.Equal("qwen3.5", body.GetProperty("model").GetString());
        Assert.Equal(900, body.GetProperty("max_completion_tokens").GetInt32());
        Assert.Equal(900, body.GetProperty("max_tokens").GetInt32());
        Assert.Equal(20, body.GetProperty("top_k").GetInt32());
        Assert.Equal(request.Options.Seed, body.GetProperty("seed").GetInt64());
        Assert.False(body.GetProperty("chat_template_kwargs").GetProperty("enable_thinking").GetBoolean());
        var format = body.GetProperty("response_format");
        Assert.Equal("json_schema", format.GetProperty("type").GetString());
        Assert.True(format.GetProperty("json_schema").GetProperty("strict").GetBoolean());
        Assert.Equal(
            ((ChatResponseFormatJson)request.Options.ResponseFormat!).Schema!.Value.GetRawText(),
            format.GetProperty("json_schema").GetProperty("schema").GetRawText());
        var parts = body.GetProperty("messages")[1].GetProperty("content").EnumerateArray().ToList();
        Assert.Equal(["text", "text", "image_url", "text", "image_url"], parts.Select(part => part.GetProperty("type").GetString()));
        Assert.Equal("<12.0 seconds>", parts[1].GetProperty("text").GetString());
        Assert.Equal("<13.2 seconds>", parts[3].GetProperty("text").GetString());
        Assert.StartsWith("data:image/png;base64,", parts[2].GetProperty("image_url").GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    // The model in this process gets the same texts: PromptBuilderTests.
    [Theory]
    [InlineData(0.35, "<0.3 seconds>")]
    [InlineData(13.25, "<13.2 seconds>")]
    public async Task The_time_before_a_frame_is_rounded_as_in_the_training(double seconds, string text)
    {
        var content = new ExtractedSegment { Pictures = [SegmentJobs.Picture(1, seconds: seconds)] };
        var job = SegmentJobs.Job(SegmentJobs.Clip, MediaKind.Video, "video");

        await Inference().AskAsync(SegmentRequest.Build(job, SegmentJobs.Task("video"), content, null, null), Cancel);

        var parts = Assert.Single(_server.Requests).Json.GetProperty("messages")[1].GetProperty("content");
        Assert.Equal(text, parts[1].GetProperty("text").GetString());
    }

    [Fact]
    public async Task The_pixels_that_arrive_are_those_that_are_cited()
    {
        await Inference().AskAsync(Request(), Cancel);

        var url = _server.Requests.First().Json.GetProperty("messages")[1].GetProperty("content")[1].GetProperty("image_url").GetProperty("url").GetString()!;
        using var image = NetVips.Image.NewFromBuffer(Convert.FromBase64String(url["data:image/png;base64,".Length..]));
        Assert.Equal(new byte[] { 7, 7, 7, 7, 7, 7 }, image.WriteToMemory<byte>());
    }

    [Fact]
    public async Task A_server_without_extensions_gets_none_and_JPEG_is_a_choice()
    {
        await Inference(options =>
        {
            options.ServerExtensions = false;
            options.Pictures = PictureFormat.Jpeg;
            options.ApiKey = null;
        }).AskAsync(Request(), Cancel);

        var body = _server.Requests.First().Json;
        Assert.False(body.TryGetProperty("chat_template_kwargs", out _));
        Assert.False(body.TryGetProperty("top_k", out _));
        Assert.False(body.TryGetProperty("max_tokens", out _));
        Assert.Contains("data:image/jpeg;base64,", body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_comes_with_its_usage_and_the_model_that_gave_it()
    {
        _server.Handle = (_, response) => response.SendAsync(200, StubEndpoint.Completion("""{"a":1}""", finish: "length"));

        var answer = await Inference().AskAsync(Request(), Cancel);

        Assert.Equal(("""{"a":1}""", true, "qwen3.5-stub@fp_7"), (answer.Text, answer.Truncated, answer.Model));
        Assert.Equal(new() { InputTokens = 120, CachedInputTokens = 64, OutputTokens = 9, Pictures = 1 }, answer.Usage);
    }

    [Theory]
    [InlineData(429, "{}", "20", 20, false)]
    [InlineData(429, "{}", "Thu, 01 Jan 2026 00:02:00 GMT", 120, false)]
    [InlineData(503, "overloaded", null, 15, false)]
    [InlineData(502, "", null, 15, false)]
    [InlineData(401, "{}", null, 60, false)]
    [InlineData(404, """{"error":{"message":"The model does not exist"}}""", null, 60, false)]
    [InlineData(500, """{"error":"boom"}""", null, 15, true)]
    public async Task A_failure_defers_and_counts_only_when_the_item_may_be_to_blame(int status, string body, string? retryAfter, int seconds, bool counts)
    {
        _time.SetUtcNow(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        _server.Handle = (_, response) => response.SendAsync(status, body, retryAfter);

        var deferred = await Assert.ThrowsAsync<ResourceUnavailableException>(() => Inference().AskAsync(Request(), Cancel));

        Assert.Equal((TimeSpan.FromSeconds(seconds), counts), (deferred.Delay, deferred.CountsAsAttempt));
        Assert.StartsWith($"The model endpoint answered {status}: {body}", deferred.Message, StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"This model's maximum context length is 4096 tokens."}}""", RejectionReason.PromptTooLong)]
    [InlineData(400, """{"error":{"type":"exceed_context_size_error","message":"too many"}}""", RejectionReason.PromptTooLong)]
    [InlineData(413, "", RejectionReason.PromptTooLong)]
    [InlineData(400, """{"error":{"message":"Unsupported schema"}}""", RejectionReason.ModelRefused)]
    public async Task A_request_that_can_never_be_answered_is_rejected(int status, string body, RejectionReason reason)
    {
        _server.Handle = (_, response) => response.SendAsync(status, body);

        var rejected = await Assert.ThrowsAsync<MediaRejectedException>(() => Inference().AskAsync(Request(), Cancel));

        Assert.Equal(reason, rejected.Reason);
    }

    [Theory]
    [InlineData("I cannot help with that.", "stop")]
    [InlineData(null, "content_filter")]
    public async Task A_refusal_is_not_an_answer(string? refusal, string finish)
    {
        _server.Handle = (_, response) => response.SendAsync(200, StubEndpoint.Completion("", finish, refusal));

        Assert.Equal(RejectionReason.ModelRefused, (await Assert.ThrowsAsync<MediaRejectedException>(() => Inference().AskAsync(Request(), Cancel))).Reason);
    }

    [Fact]
    public async Task A_server_that_is_not_there_defers_without_blame()
    {
        var port = StubEndpoint.FreePort();

        var away = await Assert.ThrowsAsync<ResourceUnavailableException>(
            () => Inference(options => options.BaseUrl = new($"http://127.0.0.1:{port}/v1")).AskAsync(Request(), Cancel));

        Assert.False(away.CountsAsAttempt);
        Assert.Contains("cannot be reached", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_drips_is_given_up_at_the_deadline()
    {
        _server.Handle = (_, response) => response.DripAsync(() => _time.Advance(TimeSpan.FromMinutes(10)));

        var late = await Assert.ThrowsAsync<ResourceUnavailableException>(() => Inference().AskAsync(Request(), Cancel));

        Assert.Contains("Engine:RequestTimeout", late.Message, StringComparison.Ordinal);
        Assert.True(late.CountsAsAttempt);
    }

    [Theory]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("{\"choices\":")]
    public async Task What_is_no_completion_is_a_failure(string body)
    {
        _server.Handle = (_, response) => response.SendAsync(200, body);

        Assert.True((await Assert.ThrowsAsync<ResourceUnavailableException>(() => Inference().AskAsync(Request(), Cancel))).CountsAsAttempt);
    }

    [Fact]
    public async Task An_answer_larger_than_allowed_is_not_read()
    {
        _server.Handle = (_, response) => response.SendAsync(200, StubEndpoint.Completion(new string('x', 5000)));

        var large = await Assert.ThrowsAsync<ResourceUnavailableException>(() => Inference(options => options.MaxAnswerBytes = 2048).AskAsync(Request(), Cancel));

        Assert.Contains("Engine:MaxAnswerBytes", large.Message, StringComparison.Ordinal);
        Assert.True(large.CountsAsAttempt);
    }

    [Fact]
    public async Task Ones_own_cancellation_is_a_cancellation()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        _server.Handle = (_, response) => response.DripAsync(stop.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Inference().AskAsync(Request(), stop.Token));
    }

    [Fact]
    public async Task No_more_requests_than_allowed_are_at_the_server_at_once()
    {
        var (now, most) = (0, 0);
        var twoAreHere = new TaskCompletionSource();
        _server.Handle = async (_, response) =>
        {
            var here = Interlocked.Increment(ref now);
            InterlockedMax(ref most, here);
            if (here == 2) twoAreHere.TrySetResult();
            await twoAreHere.Task;
            Interlocked.Decrement(ref now);
            await response.SendAsync(200, StubEndpoint.Completion("{}"));
        };
        var inference = Inference(options => options.MaxConcurrency = 2);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => inference.AskAsync(Request(), Cancel)));

        Assert.Equal(2, most);
    }

    [Theory]
    [InlineData("BaseUrl", "", "Engine:BaseUrl is missing")]
    [InlineData("BaseUrl", "ftp://x", "Engine:BaseUrl must be an absolute http or https address")]
    [InlineData("Model", "", "Engine:Model is missing")]
    [InlineData("MaxConcurrency", "0", "Engine:MaxConcurrency must be from 1 to 4096.")]
    [InlineData("RequestTimeout", "00:00:00", "Engine:RequestTimeout must be from")]
    public void A_wrong_setting_is_named_with_what_is_allowed(string key, string value, string problem)
    {
        var settings = new Dictionary<string, string?> { ["Engine:BaseUrl"] = "http://localhost/v1", ["Engine:Model"] = "m", [$"Engine:{key}"] = value };
        using var services = new ServiceCollection()
            .AddOpenAICompatibleEngine(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .BuildServiceProvider();

        var wrong = Assert.Throws<OptionsValidationException>(services.GetRequiredService<IChatClient>);

        Assert.Contains(problem, wrong.Message, StringComparison.Ordinal);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }

    private static PreparedRequest Request() => SegmentRequest.Build(
        SegmentJobs.Job(new() { Number = 0, Kind = SegmentKind.Image }, MediaKind.Image, "describe"),
        SegmentJobs.Task("describe"),
        new() { Pictures = [SegmentJobs.Picture(7)] },
        null,
        null);

    private ModelInference Inference(Action<EndpointOptions>? change = null)
    {
        var options = new EndpointOptions { BaseUrl = _server.BaseUrl, Model = "qwen3.5", ApiKey = "secret" };
        change?.Invoke(options);
        return new(OpenAICompatibleClient.Create(options, _time), [], _time);
    }
}
