using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Qwen35Batch.Worker.Tests.Agents;

/// <summary>arXiv's API and a paper on loopback, which count who asks.</summary>
internal sealed class PaperSite : IAsyncDisposable
{
    private readonly WebApplication _server;
    private int _searches;
    private int _readings;

    private PaperSite(WebApplication server) => _server = server;

    public string Address => _server.Urls.First();

    public string Paper => $"{Address}/abs/2601.00001";

    public int Searches => Volatile.Read(ref _searches);

    public int Readings => Volatile.Read(ref _readings);

    public static async Task<PaperSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var site = new PaperSite(server);
        server.MapGet("/api/query", () =>
        {
            Interlocked.Increment(ref site._searches);
            return Results.Text(site.Feed(), "application/atom+xml");
        });
        server.MapGet("/abs/2601.00001", () =>
        {
            Interlocked.Increment(ref site._readings);
            var head = "<!DOCTYPE html><html><head><title>Sparse experts</title></head>";
            return Results.Text($"{head}<body><p>{ResearchModel.Fact}</p></body></html>", "text/html");
        });
        await server.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private string Feed() => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
          <opensearch:totalResults>1</opensearch:totalResults>
          <entry>
            <id>{Paper}</id>
            <title>Sparse experts</title>
            <summary>Experts are chosen for each token.</summary>
            <published>2026-01-02T00:00:00Z</published>
            <updated>2026-01-02T00:00:00Z</updated>
            <author><name>A. Author</name></author>
            <link href="{Paper}" rel="alternate" type="text/html"/>
          </entry>
        </feed>
        """;
}
