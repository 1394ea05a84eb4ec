using System.Text;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Agents.Article;

/// <summary>arXiv, a SearXNG server and the pages that they name, on one loopback port.</summary>
internal sealed class LoopbackLibrary : IAsyncDisposable
{
    public const string FirstFact = "Only 8 of 64 experts are active for each token.";
    public const string SecondFact = "Training took 21 days on 512 devices.";
    public const string PageFact = "The survey counts 37 papers of the year 2026.";

    private readonly LoopbackServer _server;
    private readonly List<string> _asked = [];

    public LoopbackLibrary() => _server = new(AnswerAsync);

    public string Address => _server.Address;

    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked) return [.. _asked];
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(string path, Stream stream, CancellationToken token)
    {
        lock (_asked) _asked.Add(path);
        var (type, body) = path.Split('?')[0] switch
        {
            "/api/query" => ("application/atom+xml", Feed()),
            "/search" => ("application/json", Results()),
            "/abs/1" => ("text/html", Page("Sparse Experts", FirstFact)),
            "/abs/2" => ("text/html", Page("Training Many Experts", SecondFact)),
            "/survey" => ("text/html", Page("A survey", PageFact)),
            _ => ("text/html", ""),
        };
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = $"HTTP/1.1 {(bytes.Length == 0 ? 404 : 200)} X\r\nContent-Type: {type}\r\nContent-Length: {bytes.Length}\r\n"
            + "Connection: close\r\n\r\n";
        await LoopbackServer.WriteAsync(stream, head, token);
        await stream.WriteAsync(bytes, token);
    }

    private string Feed() => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom">
          <entry><id>{Address}/abs/1</id><published>2026-11-01T00:00:00Z</published><title>Sparse Experts</title>
            <summary>A made-up paper.</summary><author><name>A. Tester</name></author></entry>
          <entry><id>{Address}/abs/2</id><published>2026-10-01T00:00:00Z</published><title>Training Many Experts</title>
            <summary>Another one.</summary><author><name>B. Tester</name></author></entry>
        </feed>
        """;

    private string Results() => $$"""{"results":[{"url":"{{Address}}/survey","title":"A survey","content":"Made up."}]}""";

    private static string Page(string title, string fact) =>
        $"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><p>{fact}</p></body></html>";
}
