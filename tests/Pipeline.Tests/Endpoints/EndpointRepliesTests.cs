using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tests.Infer;
using Qwen35Batch.Pipeline.Tests.Prepare;

namespace Qwen35Batch.Pipeline.Tests.Endpoints;

/// <summary>What servers write around an answer, and where they put it.</summary>
public sealed class EndpointRepliesTests : IAsyncDisposable
{
    private const string Answer = """{"summary":"A red circle."}""";

    private readonly StubEndpoint _server = StubEndpoint.Start();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("choices/0/finish_reason", "null")]
    [InlineData("choices/0/finish_reason", "\"abort\"")]
    [InlineData("choices/0/finish_reason", "1")]
    [InlineData("choices/0/finish_reason", "{}")]
    [InlineData("choices/0/message/role", "null")]
    [InlineData("choices/0/message/role", "7")]
    [InlineData("choices/0/message/refusal", "\"\"")]
    [InlineData("choices/0/message/refusal", "false")]
    [InlineData("choices/0/message/tool_calls", "{}")]
    [InlineData("choices/0/message/annotations", "\"none\"")]
    [InlineData("choices/0/logprobs", """{ "content": [{ "token": 1, "logprob": NaN, "top_logprobs": null }] }""")]
    [InlineData("choices/0/index", "\"first\"")]
    [InlineData("created", "1732000000.123")]
    [InlineData("created", "\"2026-11-28\"")]
    [InlineData("id", "null")]
    [InlineData("object", "5")]
    [InlineData("usage/total_tokens", "-Infinity")]
    [InlineData("usage/prompt_tokens_details", "[]")]
    [InlineData("service_tier", "{}")]
    [InlineData("error", "null")]
    [InlineData("error", "\"\"")]
    public async Task A_member_that_no_answer_needs_loses_none(string path, string value)
    {
        _server.Handle = (_, response) => response.SendAsync(200, With(path, value));

        var answer = await AskAsync();

        Assert.Equal((Answer, 120, 9, null), (answer.Text, answer.Usage.InputTokens, answer.Usage.OutputTokens, answer.Note));
    }

    [Theory]
    [InlineData("""{ "prompt_tokens": 100.0, "completion_tokens": 10.0 }""", 100, 10)]
    [InlineData("""{ "prompt_tokens": "100", "completion_tokens": "10" }""", 100, 10)]
    [InlineData("""{ "input_tokens": 100, "output_tokens": 10 }""", 100, 10)]
    [InlineData("""{ "prompt_tokens": -3, "completion_tokens": 1e40 }""", 0, 0)]
    [InlineData("null", 0, 0)]
    [InlineData("[]", 0, 0)]
    public async Task Usage_is_read_from_whatever_it_is_written_as(string usage, int input, int output)
    {
        _server.Handle = (_, response) => response.SendAsync(200, With("usage", usage));

        var answer = await AskAsync();

        Assert.Equal((Answer, input, output), (answer.Text, answer.Usage.InputTokens, answer.Usage.OutputTokens));
    }

    [Theory]
    [InlineData("```json\n{0}\n```", "fences")]
    [InlineData("Sure!\n```\n{0}\n```\nAnything else?", "fences")]
    [InlineData("<think>\nIs it {red}?\n</think>\n\n{0}", "thinking")]
    [InlineData("It is red.</think>{0}", "thinking")]
    [InlineData("{0}<|im_end|>", "end token")]
    [InlineData("{0}</s>\n", "end token")]
    [InlineData("Here is the JSON:\n{0}\nHope this helps!", "prose")]
    [InlineData("<think>x</think>\n```json\n{0}\n```<|im_end|>", "thinking and an end token and fences")]
    public async Task An_answer_is_found_in_what_stands_around_it(string content, string note)
    {
        _server.Handle = (_, response) =>
            response.SendAsync(200, StubEndpoint.Completion(content.Replace("{0}", Answer, StringComparison.Ordinal)));

        var answer = await AskAsync();

        Assert.Equal(Answer, answer.Text);
        Assert.Contains(note, answer.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "content": null, "reasoning_content": {0} }""", "reasoning_content")]
    [InlineData("""{ "content": "", "reasoning": {0} }""", "reasoning")]
    [InlineData("""{ "content": "  ", "tool_calls": [{ "function": { "name": "answer", "arguments": {0} } }] }""", "a tool call")]
    [InlineData("""{ "tool_calls": [{ "function": { "name": "answer", "arguments": {1} } }] }""", "a tool call")]
    [InlineData("""{ "content": null, "function_call": { "arguments": {0} } }""", "a tool call")]
    [InlineData("""{ "content": "I call a function.", "tool_calls": [{ "function": { "arguments": {0} } }] }""", "a tool call")]
    [InlineData("""{ "content": [{ "type": "text", "text": {0} }] }""", null)]
    [InlineData("""{ "content": {1} }""", null)]
    public async Task An_answer_is_found_where_the_server_put_it(string message, string? place)
    {
        _server.Handle = (_, response) => response.SendAsync(200, With(
            "choices/0/message",
            message.Replace("{0}", JsonSerializer.Serialize(Answer), StringComparison.Ordinal)
                .Replace("{1}", Answer, StringComparison.Ordinal)));

        var answer = await AskAsync();

        Assert.Equal(Answer, answer.Text);
        if (place is null) Assert.Null(answer.Note);
        else Assert.Contains(place, answer.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not this")]
    [InlineData("{\"a\":1} or {\"a\":2}")]
    public async Task What_has_no_single_answer_in_it_stays_as_it_is(string content)
    {
        _server.Handle = (_, response) => response.SendAsync(200, StubEndpoint.Completion(content));

        Assert.Equal((content, null), ((await AskAsync()).Text, (await AskAsync()).Note));
    }

    [Fact]
    public async Task A_stream_of_events_is_joined()
    {
        var events = new StringBuilder();
        foreach (var piece in Answer.Chunk(7))
        {
            events.Append("data: ")
                .Append(JsonSerializer.Serialize(new { choices = new[] { new { delta = new { content = new string(piece) } } } }))
                    .Append("\n\n");
        }

        events.Append("data: {\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}\n\ndata: [DONE]\n\n");
        _server.Handle = (_, response) => response.SendAsync(200, Encoding.UTF8.GetBytes(events.ToString()), "text/event-stream");

        var answer = await AskAsync();

        Assert.Equal((Answer, "m", 5, 6), (answer.Text, answer.Model, answer.Usage.InputTokens, answer.Usage.OutputTokens));
    }

    [Fact]
    public async Task A_byte_order_mark_compression_and_another_content_type_do_no_harm()
    {
        using var body = new MemoryStream();
        await using (var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync((byte[])[.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(StubEndpoint.Completion(Answer))], Cancel);
        _server.Handle = (_, response) => response.SendAsync(200, body.ToArray(), "text/plain", ("Content-Encoding", "gzip"));

        Assert.Equal(Answer, (await AskAsync()).Text);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_becomes_a_replacement_character()
    {
        var text = StubEndpoint.Completion(Answer);
        var at = text.IndexOf("circle", StringComparison.Ordinal);
        _server.Handle = (_, response) => response.SendAsync(
            200, [.. Encoding.UTF8.GetBytes(text[..at]), 0xED, 0xA0, 0xBD, .. Encoding.UTF8.GetBytes(text[at..])], "application/json");

        Assert.Equal("""{"summary":"A red �circle."}""", (await AskAsync()).Text);
    }

    [Theory]
    [InlineData("""{ "choices": [] }""", """There is no choice in the answer of the model endpoint. It began: { "choices": [] }""")]
    [InlineData("""{ "choices": null }""", "There is no choice in the answer")]
    [InlineData("""{ "choices": [{ "index": 0 }] }""", "There is no message in the answer")]
    [InlineData("{\"choices\":", "answered what is not JSON. It began: {\"choices\":")]
    [InlineData("", "answer is empty")]
    [InlineData("""{ "error": { "message": "Provider returned error", "code": 502 } }""",
        "answered 502: { \"error\": { \"message\": \"Provider returned error\"")]
    [InlineData("""{ "choices": [{ "error": { "message": "worker died" }, "message": { "content": "" } }] }""", "worker died")]
    [InlineData("""{ "object": "error", "message": "worker died", "code": 500 }""", "worker died")]
    [InlineData("""{ "detail": "worker died" }""", "worker died")]
    public async Task What_is_no_answer_is_shown_in_the_servers_own_words(string body, string words)
    {
        _server.Handle = (request, response) => response.SendAsync(200, request.IsProbe ? StubEndpoint.Completion(Answer) : body);

        var failed = await Assert.ThrowsAsync<ResourceUnavailableException>(AskAsync);

        Assert.Equal(FaultScope.Item, failed.Scope);
        Assert.Contains(words, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_UTF8_is_named_so()
    {
        var body = Encoding.UTF8.GetBytes(StubEndpoint.Completion(Answer)).Select(value => value == (byte)'A' ? (byte)0xFF : value)
            .ToArray();
        _server.Handle = (request, response) => request.IsProbe
            ? response.SendAsync(200, StubEndpoint.Completion(Answer))
            : response.SendAsync(200, body, "application/json");

        Assert.Contains(
            "is not UTF-8 text. It began: ", (await Assert.ThrowsAsync<ResourceUnavailableException>(AskAsync)).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_reply_without_an_answer_took_is_known()
    {
        _server.Handle = (request, response) => response.SendAsync(
            200, request.IsProbe ? StubEndpoint.Completion(Answer)
                : """{ "choices": [], "usage": { "prompt_tokens": 50, "completion_tokens": 7 } }""");

        var spent = (await Assert.ThrowsAsync<ResourceUnavailableException>(AskAsync)).Usage;

        Assert.Equal((50, 7), (spent!.InputTokens, spent.OutputTokens));
    }

    [Fact]
    public async Task What_a_refusal_took_is_known()
    {
        _server.Handle = (_, response) => response.SendAsync(200, StubEndpoint.Completion("", refusal: "I cannot help with that."));

        var refused = await Assert.ThrowsAsync<MediaRejectedException>(AskAsync);

        Assert.Equal((RejectionReason.ModelRefused, 120, 9), (refused.Reason, refused.Usage!.InputTokens, refused.Usage.OutputTokens));
    }

    [Fact]
    public async Task The_key_is_struck_from_whatever_the_server_echoes()
    {
        const string Key = "sk-a+long/key\"0123456789";
        _server.Handle = (request, response) =>
            response.SendAsync(401, JsonSerializer.Serialize(new { error = new { message = $"Wrong key: {request.Authorization}" } }));
        var inference = EndpointRequests.Inference(_server, new FakeTimeProvider(), options => options.ApiKey = Key);

        var refused = await Assert.ThrowsAsync<ResourceUnavailableException>(() =>
            inference.AskAsync(EndpointRequests.About(SegmentJobs.Picture(1)), Cancel));

        Assert.Contains("Wrong key: Bearer [struck out]", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789", refused.ToString(), StringComparison.Ordinal);
    }

    private Task<ModelAnswer> AskAsync() =>
        EndpointRequests.Inference(_server, new FakeTimeProvider()).AskAsync(EndpointRequests.About(SegmentJobs.Picture(1)), Cancel);

    /// <summary>A good reply with one member changed; the value may be what JSON has no word for.</summary>
    private static string With(string path, string value)
    {
        var root = JsonNode.Parse(StubEndpoint.Completion(Answer))!;
        var names = path.Split('/');
        var parent = names[..^1].Aggregate(root, (node, name) => node is JsonArray list ? list[int.Parse(name, null)]! : node[name]!);
        parent[names[^1]] = "@@";
        return root.ToJsonString().Replace("\"@@\"", value, StringComparison.Ordinal);
    }
}
