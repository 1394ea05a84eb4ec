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
        Assert.Equal(("/v1/chat/completions", "Bearer secret-key-of-the-test"), (sent.Path, sent.Authorization));
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
    public async Task A_clip_that_is_a_video_is_sent_as_one_and_its_probe_is_one_too()
    {
        _server.Handle = (_, response) => response.SendAsync(500, "boom");
        byte[] video = [0, 0, 0, 24, 1, 2, 3];
        var content = new ExtractedSegment { Pictures = [SegmentJobs.Picture(1, seconds: 12), SegmentJobs.Picture(2, seconds: 13.25)], Video = video };
        var request = SegmentRequest.Build(SegmentJobs.Job(SegmentJobs.Clip, MediaKind.Video, "video"), SegmentJobs.Task("video"), content, null, null);

        await Assert.ThrowsAsync<ResourceUnavailableException>(() => Inference().AskAsync(request, Cancel));

        var sent = _server.Requests.Select(asked => asked.Json.GetProperty("messages")[1].GetProperty("content").EnumerateArray().ToList()).ToList();
        Assert.Equal(2, sent.Count);
        Assert.All(sent, parts => Assert.Equal(["text", "video_url"], parts.Select(part => part.GetProperty("type").GetString())));
        Assert.Contains("whose first is from 12", sent[0][0].GetProperty("text").GetString(), StringComparison.Ordinal);
        var urls = sent.Select(parts => parts[1].GetProperty("video_url").GetProperty("url").GetString()!).ToList();
        Assert.Equal($"data:video/mp4;base64,{Convert.ToBase64String(video)}", urls[0]);
        Assert.StartsWith("data:video/mp4;base64,", urls[1], StringComparison.Ordinal);
        Assert.NotEqual(urls[0], urls[1]);
        Assert.Equal(2, request.Evidence.Pictures.Count);
    }

    [Theory]
    [InlineData(64, 32, 64, 32)]
    [InlineData(100, 45, 96, 32)]
    [InlineData(79, 50, 64, 64)]
    [InlineData(2, 1, 32, 32)]
    public async Task Pictures_arrive_at_the_size_that_the_model_keeps(int width, int height, int sentWidth, int sentHeight)
    {
        await Inference().AskAsync(Request(SegmentJobs.Picture(7, width: width, height: height)), Cancel);

        var url = _server.Requests.First().Json.GetProperty("messages")[1].GetProperty("content")[1].GetProperty("image_url").GetProperty("url").GetString()!;
        using var image = NetVips.Image.NewFromBuffer(Convert.FromBase64String(url["data:image/png;base64,".Length..]));
        Assert.Equal((sentWidth, sentHeight), (image.Width, image.Height));
        Assert.All(image.WriteToMemory<byte>(), value => Assert.Equal(7, value));
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
    [InlineData("I cannot help with that.", "stop")]
    [InlineData(null, "content_filter")]
    public async Task A_refusal_is_not_an_answer(string? refusal, string finish)
    {
        _server.Handle = (_, response) => response.SendAsync(200, StubEndpoint.Completion("", finish, refusal));

        Assert.Equal(RejectionReason.ModelRefused, (await Assert.ThrowsAsync<MediaRejectedException>(() => Inference().AskAsync(Request(), Cancel))).Reason);
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

    private static PreparedRequest Request(Picture? picture = null) => EndpointRequests.About(picture ?? SegmentJobs.Picture(7));

    private ModelInference Inference(Action<EndpointOptions>? change = null) => EndpointRequests.Inference(_server, _time, change);
}
