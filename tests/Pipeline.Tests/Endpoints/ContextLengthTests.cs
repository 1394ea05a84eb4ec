using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tests.Infer;
using Qwen35Batch.Pipeline.Tests.Prepare;

namespace Qwen35Batch.Pipeline.Tests.Endpoints;

/// <summary>The words that servers have for a request that does not fit, and what their numbers say is to be made smaller.</summary>
public sealed class ContextLengthTests : IAsyncDisposable
{
    private readonly StubEndpoint _server = StubEndpoint.Start();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    // vLLM
    [InlineData(400, "max_tokens must be at least 1, got -904.", null)]
    [InlineData(400, "The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens.", null)]
    [InlineData(400, "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4200 in the messages, 800 in the completion). Please reduce the length.", null)]
    [InlineData(400, "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion). Please reduce the length.", 96)]
    [InlineData(400, "This model's maximum context length is 2048 tokens. However, you requested 1500 output tokens and your prompt contains 1000 tokens. Please reduce it.", 1048)]
    [InlineData(400, "'max_tokens' or 'max_completion_tokens' is too large: 1000. This model's maximum context length is 2048 tokens and your request has 1500 input tokens (1000 > 2048 - 1500).", 548)]
    [InlineData(400, "You passed 5000 input tokens and requested 1000 output tokens. However, the model's context length is only 4096 tokens, resulting in a maximum input length of 3096 tokens.", null)]
    // SGLang
    [InlineData(400, "The input (5000 tokens) is longer than the model's context length (4096 tokens).", null)]
    [InlineData(400, "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 5000 tokens: 4000 tokens from the input messages and 1000 tokens for the completion.", 96)]
    [InlineData(400, "Input length (5000 tokens) exceeds the maximum allowed length (4096 tokens). Use a shorter input or enable --allow-auto-truncate.", null)]
    [InlineData(400, "Multimodal prompt is too long after expanding multimodal tokens.", null)]
    // TGI
    [InlineData(422, "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens and 1000 `max_new_tokens`", 96)]
    [InlineData(422, "Input validation error: `inputs` must have less than 1024 tokens. Given: 5000", null)]
    // llama-server, LM Studio, Ollama
    [InlineData(400, "the request exceeds the available context size, try increasing it", null)]
    [InlineData(400, "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it", null)]
    [InlineData(500, "the request exceeds the available context size. try increasing the context size or enable context shift", null)]
    [InlineData(400, "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.", null)]
    [InlineData(400, "the input length exceeds the context length", null)]
    // Hosted
    [InlineData(400, "Range of input length should be [1, 129024]", null)]
    [InlineData(400, "Range of max_tokens should be [1, 512]", 512)]
    [InlineData(400, "max_tokens is too large: 100000. This model supports at most 512 completion tokens, whereas you provided 100000.", 512)]
    [InlineData(400, "prompt is too long: 205000 tokens > 200000 maximum", null)]
    [InlineData(400, "input length and `max_tokens` exceed context limit: 188000 + 21333 > 200000, decrease input length or `max_tokens` and try again", 12000)]
    [InlineData(400, "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", null)]
    [InlineData(400, "Please reduce the length of the messages or completion. context_length_exceeded", null)]
    [InlineData(400, "Prompt exceeds max length", null)]
    [InlineData(429, "Request too large for model on tokens per min (TPM): Limit 30000, Requested 50000.", null)]
    [InlineData(413, "Payload Too Large", null)]
    public void Each_server_has_its_own_words_for_it(int status, string words, int? room)
    {
        var full = ContextLength.Read(status, $"{{\"error\":{{\"message\":\"{words}\"}}}}");

        Assert.NotNull(full);
        Assert.Equal(room, full.Room);
    }

    [Theory]
    [InlineData(500, "The operation took too long and was cancelled by the scheduler.")]
    [InlineData(400, "Invalid 'response_format.json_schema.name': string too long. Expected a string with maximum length 64.")]
    [InlineData(400, "At most 1 image(s) may be provided in one prompt.")]
    [InlineData(400, "cannot identify image file")]
    [InlineData(400, "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")]
    [InlineData(504, "The request took longer than the maximum of 60 s.")]
    [InlineData(429, "Rate limit reached: too many tokens per minute.")]
    public void Other_things_are_too_long_as_well(int status, string words) => Assert.Null(ContextLength.Read(status, words));

    [Fact]
    public async Task A_prompt_that_is_too_long_by_itself_is_rejected_with_what_to_make_smaller()
    {
        _server.Handle = (_, response) => response.SendAsync(400, "The input (5000 tokens) is longer than the model's context length (4096 tokens).");

        var rejected = await Assert.ThrowsAsync<MediaRejectedException>(AskAsync);

        Assert.Equal(RejectionReason.PromptTooLong, rejected.Reason);
        Assert.Contains("The prompt alone has 5000 tokens, and the context 4096. Make the task's media settings smaller", rejected.Message, StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task Where_only_the_answer_is_too_long_a_shorter_one_is_asked_for()
    {
        _server.Handle = (request, response) => request.Json.GetProperty("max_completion_tokens").GetInt32() is var most && most > 548
            ? response.SendAsync(400, $"'max_completion_tokens' is too large: {most}. This model's maximum context length is 2048 tokens and your request has 1500 input tokens.")
            : response.SendAsync(200, StubEndpoint.Completion("{}"));

        await AskAsync();

        Assert.Equal([800, 548], _server.Requests.Select(request => request.Json.GetProperty("max_completion_tokens").GetInt32()));
    }

    [Fact]
    public async Task Where_a_shorter_one_does_not_fit_either_the_numbers_are_told()
    {
        _server.Handle = (request, response) => response.SendAsync(
            400,
            "This model's maximum context length is 2048 tokens. However, you requested "
            + $"{request.Json.GetProperty("max_completion_tokens")} output tokens and your prompt contains 1000 tokens.");

        var rejected = await Assert.ThrowsAsync<MediaRejectedException>(AskAsync);

        Assert.Equal(RejectionReason.PromptTooLong, rejected.Reason);
        // Its numbers do not add up: 800 would have fitted.
        Assert.StartsWith("The prompt and an answer do not fit into the model together, not even one of 400 tokens", rejected.Message, StringComparison.Ordinal);
        Assert.Contains("The prompt of 1000 tokens leaves 1048 of the context of 2048 for an answer.", rejected.Message, StringComparison.Ordinal);
        Assert.Contains("sampling.maxOutputTokens", rejected.Message, StringComparison.Ordinal);
    }

    private Task<ModelAnswer> AskAsync() =>
        EndpointRequests.Inference(_server, new FakeTimeProvider()).AskAsync(EndpointRequests.About(SegmentJobs.Picture(1)), Cancel);
}
