using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Qwen35Batch.Benchmarks.Pacing;

/// <summary>Stands for arXiv: answers with an empty feed, and notes when each request came and went, and of which worker it was.</summary>
internal sealed class PaceSite : IAsyncDisposable
{
    private const string Feed = """<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"></feed>""";

    // As long as an answer of arXiv's may take.
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(200);

    private readonly WebApplication _server;
    private readonly List<(string Worker, long From, long To)> _requests = [];

    private PaceSite(WebApplication server) => _server = server;

    public Uri Address => new($"{_server.Urls.First()}/api/query");

    public IReadOnlyList<(string Worker, long From, long To)> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    public static async Task<PaceSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = new PaceSite(builder.Build());
        site._server.MapGet("/api/query", site.AnswerAsync);
        await site._server.StartAsync();
        return site;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var from = Stopwatch.GetTimestamp();
        await Task.Delay(Work, TimeProvider.System, context.RequestAborted);
        var worker = context.Request.Query["search_query"].ToString().Contains("first", StringComparison.Ordinal) ? "A" : "B";
        lock (_requests) _requests.Add((worker, from, Stopwatch.GetTimestamp()));
        context.Response.ContentType = "application/atom+xml";
        await context.Response.WriteAsync(Feed, context.RequestAborted);
    }
}
