using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Qwen35Batch.Benchmarks.Soak;

/// <summary>
/// An OpenAI-compatible endpoint that answers after a while, now and then with an error, a cut answer or a reset, and for some seconds of
/// every minute not at all. What it does follows from the number of the call.
/// </summary>
internal sealed class ScriptedEndpoint : IAsyncDisposable
{
    private const string Answer = """{"summary":"A picture.","objects":[],"visibleText":[],"language":null}""";

    private readonly WebApplication _server;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly long _startedAt = TimeProvider.System.GetTimestamp();
    private int _calls;
    private int _faults;

    private ScriptedEndpoint(WebApplication server) => _server = server;

    public Uri BaseUrl => new($"{_server.Urls.First()}/v1");

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Calls that got no proper answer.</summary>
    public int Faults => Volatile.Read(ref _faults);

    public static async Task<ScriptedEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var endpoint = new ScriptedEndpoint(builder.Build());
        endpoint._server.MapGet("/v1/models", () => Results.Json(new { data = new[] { new { id = "soak" } } }));
        endpoint._server.MapPost("/v1/chat/completions", endpoint.AnswerAsync);
        await endpoint._server.StartAsync();
        return endpoint;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var call = Interlocked.Increment(ref _calls);
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        // 5 of every 60 seconds, from the 40th on, nobody is answered.
        var isAway = _time.GetElapsedTime(_startedAt).TotalSeconds % 60 is > 40 and < 45;
        var kind = isAway ? 0 : call % 200;
        if (isAway || kind is 50 or 100 or 150 or 199) Interlocked.Increment(ref _faults);
        switch (kind)
        {
            case 0:
            case 50:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            case 100:
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = "1";
                return;
            case 150:
                context.Abort();
                return;
            case 199:
                await context.Response.WriteAsync("""{"choices":[{"index":0,"message":{"role":"assis""", context.RequestAborted);
                context.Abort();
                return;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(100 + (call * 37 % 400)), _time, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(
            new
            {
                id = $"{call}",
                @object = "chat.completion",
                created = 0,
                model = "soak",
                choices = new[] { new { index = 0, message = new { role = "assistant", content = Answer }, finish_reason = "stop" } },
                usage = new { prompt_tokens = 7, completion_tokens = 3, total_tokens = 10 },
            },
            context.RequestAborted);
    }
}
