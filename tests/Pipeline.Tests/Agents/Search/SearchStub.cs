using System.Text;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Agents.Search;

/// <summary>A search service on loopback that gives one answer and remembers what it was asked.</summary>
internal sealed class SearchStub : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly List<string> _asked = [];

    public SearchStub(string body, int status = 200, string headers = "") => _server = new(async (path, stream, token) =>
    {
        lock (_asked) _asked.Add(path);
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = $"HTTP/1.1 {status} X\r\nContent-Length: {bytes.Length}\r\n{headers}Connection: close\r\n\r\n";
        await LoopbackServer.WriteAsync(stream, head, token);
        await stream.WriteAsync(bytes, token);
    });

    public Uri Address => new(_server.Address);

    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked) return [.. _asked];
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
