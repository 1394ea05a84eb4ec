using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Processes;

/// <summary>An OpenAI-compatible endpoint in this process, for workers in processes of their own.</summary>
internal sealed class StubEndpoint : IAsyncDisposable
{
    private readonly WebApplication _server;
    private int _calls;
    private int _running;

    private StubEndpoint(WebApplication server) => _server = server;

    public Uri BaseUrl => new($"{_server.Urls.First()}/v1");

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Calls that wait for their answer now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>What is answered.</summary>
    public string Answer { get; set; } = ScriptedModel.Answer;

    /// <summary>The message that answers a request; null answers <see cref="Answer"/>.</summary>
    public Func<JsonElement, Task<object>>? Message { get; set; }

    /// <summary>What was asked.</summary>
    public ConcurrentQueue<string> Bodies { get; } = [];

    /// <summary>Awaited before every answer.</summary>
    public Task Answering { get; set; } = Task.CompletedTask;

    public static async Task<StubEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var stub = new StubEndpoint(server);
        server.MapGet("/v1/models", () => Results.Json(new { data = new[] { new { id = "stub" } } }));
        server.MapPost("/v1/chat/completions", async (HttpContext context) =>
        {
            using var body = new StreamReader(context.Request.Body);
            var asked = await body.ReadToEndAsync();
            stub.Bodies.Enqueue(asked);
            Interlocked.Increment(ref stub._calls);
            Interlocked.Increment(ref stub._running);
            try
            {
                await stub.Answering.WaitAsync(context.RequestAborted);
            }
            finally
            {
                Interlocked.Decrement(ref stub._running);
            }

            var message = stub.Message is { } answer
                ? await answer(JsonElement.Parse(asked))
                : new { role = "assistant", content = stub.Answer };
            return Results.Json(new
            {
                id = "1",
                @object = "chat.completion",
                created = 0,
                model = "stub",
                choices = new[]
                {
                    new { index = 0, message, finish_reason = "stop" }
                },
                usage = new { prompt_tokens = 7, completion_tokens = 3, total_tokens = 10 },
            });
        });
        await server.StartAsync(TestContext.Current.CancellationToken);
        return stub;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
