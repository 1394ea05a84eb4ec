using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tests.Infer;

namespace Qwen35Batch.Pipeline.Tests.Prepare;

public sealed class TranscriptionClientTests : IAsyncLifetime
{
    private static readonly SegmentReference Span = new()
    {
        Number = 1,
        Kind = SegmentKind.AudioSpan,
        StartSeconds = 300,
        EndSeconds = 310
    };
    private static readonly ExtractedSegment Sound = new() { Audio = new(-20, [], [new(300, 310)]), AudioWave = "RIFF"u8.ToArray() };

    private readonly StubEndpoint _server = StubEndpoint.Start();
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_spans_of_the_answer_are_counted_from_the_start_of_the_media()
    {
        _server.Handle = (_, response) => response.SendAsync(200, """
            { "language": "english", "duration": 10.0, "text": "Hello. Goodbye.", "segments": [
              { "id": 0, "start": 0.5, "end": 2.0, "text": " Hello.", "tokens": [1] },
              { "id": 1, "start": 9.0, "end": 10.4, "text": " Goodbye." },
              { "id": 2, "start": 3, "end": 4, "text": " " } ] }
            """);

        var heard = await Client().TranscribeAsync(Span, Sound, Cancel);

        Assert.Equal([new(300.5, 302, "Hello."), new(309, 310, "Goodbye.")], heard.Transcript!.Spans);
        Assert.Equal("english", heard.Transcript.Language);
        var request = Assert.Single(_server.Requests);
        Assert.Equal("/v1/audio/transcriptions", request.Path);
        Assert.Equal("Bearer secret", request.Authorization);
        Assert.Contains("verbose_json", request.Text, StringComparison.Ordinal);
        Assert.Contains("RIFF", request.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_spans_is_one_span()
    {
        _server.Handle = (_, response) => response.SendAsync(200, """{ "text": " Hello. " }""");

        Assert.Equal([new(300, 310, "Hello.")], (await Client().TranscribeAsync(Span, Sound, Cancel)).Transcript!.Spans);
    }

    [Theory]
    [InlineData(429, "7", 7, false)]
    [InlineData(503, null, 15, false)]
    [InlineData(401, null, 15, false)]
    [InlineData(500, null, 15, true)]
    public async Task An_endpoint_that_is_away_defers_the_segment(int status, string? retryAfter, int seconds, bool counts)
    {
        _server.Handle = (_, response) => response.SendAsync(status, "{}", retryAfter);

        var away = await Assert.ThrowsAsync<ResourceUnavailableException>(() => Client().TranscribeAsync(Span, Sound, Cancel));

        Assert.Equal((TimeSpan.FromSeconds(seconds), counts), (away.Delay, away.CountsAsAttempt));
    }

    [Fact]
    public async Task No_server_at_all_defers_the_segment()
    {
        var away = await Assert.ThrowsAsync<ResourceUnavailableException>(
            () => Client(new($"http://127.0.0.1:{StubEndpoint.FreePort()}/v1")).TranscribeAsync(Span, Sound, Cancel));

        Assert.False(away.CountsAsAttempt);
    }

    [Fact]
    public async Task A_server_that_never_ends_is_given_up()
    {
        _server.Handle = (_, response) => response.DripAsync(() => _time.Advance(TimeSpan.FromMinutes(11)));

        var late = await Assert.ThrowsAsync<ResourceUnavailableException>(() => Client().TranscribeAsync(Span, Sound, Cancel));

        Assert.Contains("Transcription:Timeout", late.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "{}", "refused the sound with 400")]
    [InlineData(200, "<html>", "not the expected JSON")]
    public async Task A_refusal_leaves_the_segment_without_a_transcript_and_says_why(int status, string body, string why)
    {
        _server.Handle = (_, response) => response.SendAsync(status, body);

        var heard = await Client().TranscribeAsync(Span, Sound, Cancel);

        Assert.Null(heard.Transcript);
        Assert.Contains(why, heard.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_is_not_sent()
    {
        var heard = await Client().TranscribeAsync(Span, Sound with { Audio = new(null, [new(300, 310)], []) }, Cancel);

        Assert.Empty(heard.Transcript!.Spans);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Without_an_endpoint_there_is_no_transcript()
    {
        using var client = new TranscriptionClient(new(), Options.Create(new TranscriptionOptions()), _time);

        Assert.Equal("no transcription endpoint is configured", (await client.TranscribeAsync(Span, Sound, Cancel)).Problem);
        Assert.Null((await client.TranscribeAsync(Span, new(), Cancel)).Problem);
    }

    private TranscriptionClient Client(Uri? address = null) =>
        new(new(), Options.Create(new TranscriptionOptions { BaseUrl = address ?? _server.BaseUrl, ApiKey = "secret" }), _time);
}
