using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Qwen35Batch.Benchmarks.Plumbing;

/// <summary>An OpenAI-compatible endpoint that gives every call the same answer after the same time.</summary>
internal sealed class PatientEndpoint : IAsyncDisposable
{
    private static readonly byte[] Answer =
        """
        {"id":"1","object":"chat.completion","created":0,"model":"plain","choices":[{"index":0,"message":{"role":"assistant",
        "content":"{\"summary\":\"Two lines.\",\"objects\":[],\"visibleText\":[],\"language\":null}"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}
        """u8.ToArray();

    private readonly WebApplication _server;
    private int _calls;

    private PatientEndpoint(WebApplication server) => _server = server;

    public Uri BaseUrl => new($"{_server.Urls.First()}/v1");

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>How long an answer takes; infinite for none at all.</summary>
    public TimeSpan Latency { get; set; }

    public static async Task<PatientEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var endpoint = new PatientEndpoint(builder.Build());
        endpoint._server.MapGet("/v1/models", () => Results.Json(new { data = new[] { new { id = "plain" } } }));
        endpoint._server.MapPost("/v1/chat/completions", endpoint.AnswerAsync);
        await endpoint._server.StartAsync();
        return endpoint;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _calls);
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        if (Latency != TimeSpan.Zero) await Task.Delay(Latency, TimeProvider.System, context.RequestAborted);
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Answer, context.RequestAborted);
    }
}
