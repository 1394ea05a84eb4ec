using System.Collections.Concurrent;
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
            using (var body = new StreamReader(context.Request.Body)) stub.Bodies.Enqueue(await body.ReadToEndAsync());
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

            return Results.Json(new
            {
                id = "1",
                @object = "chat.completion",
                created = 0,
                model = "stub",
                choices = new[]
                {
                    new { index = 0, message = new { role = "assistant", content = stub.Answer }, finish_reason = "stop" }
                },
                usage = new { prompt_tokens = 7, completion_tokens = 3, total_tokens = 10 },
            });
        });
        await server.StartAsync(TestContext.Current.CancellationToken);
        return stub;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
