using System.Text.Json;
using Qwen35Batch.Pipeline.Tests.Infer;

namespace Qwen35Batch.Pipeline.Tests.Agents.Mcp;

/// <summary>A server of the Model Context Protocol over HTTP on loopback.</summary>
internal sealed class McpHttpStub : IAsyncDisposable
{
    private readonly StubEndpoint _server = StubEndpoint.Start();

    public McpHttpStub() => _server.Handle = AnswerAsync;

    public Uri Address => new(_server.BaseUrl, "/mcp");

    /// <summary>The text that the tool gives.</summary>
    public string Result { get; set; } = "from HTTP";

    /// <summary>Where requests are sent instead; null for none.</summary>
    public string? Redirection { get; set; }

    /// <summary>The keys of the requests so far.</summary>
    public IReadOnlyList<string?> Keys => [.. _server.Requests.Select(request => request.Authorization)];

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task AnswerAsync(StubEndpoint.StubRequest request, StubEndpoint.StubResponse response)
    {
        if (Redirection is { } elsewhere) return response.SendAsync(307, [], "text/plain", ("Location", elsewhere));
        // Only what is posted has a body.
        if (request.Body.Length == 0) return response.SendAsync(405, "");
        if (!request.Json.TryGetProperty("id", out var id)) return response.SendAsync(202, "");

        var answer = request.Json.GetProperty("method").GetString() switch
        {
            "initialize" => """
                "result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"stub","version":"1"}}
                """,
            "tools/list" => """ "result":{"tools":[{"name":"echo","inputSchema":{"type":"object"}}]} """,
            "tools/call" => $$$"""
                "result":{"content":[{"type":"text","text":{{{JsonSerializer.Serialize(Result)}}}}],"isError":false}
                """,
            _ => """ "error":{"code":-32601,"message":"none"} """,
        };
        return response.SendAsync(200, $$"""{"jsonrpc":"2.0","id":{{id.GetRawText()}},{{answer.Trim()}}}""");
    }
}
