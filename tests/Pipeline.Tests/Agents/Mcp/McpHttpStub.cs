using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Qwen35Batch.Pipeline.Tests.Agents.Mcp;

/// <summary>A server of the Model Context Protocol over HTTP on loopback.</summary>
internal sealed class McpHttpStub : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _loop;

    public McpHttpStub()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = new($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/mcp");
        }

        _listener.Prefixes.Add($"http://127.0.0.1:{Address.Port}/");
        _listener.Start();
        _loop = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>The text that the tool gives.</summary>
    public string Result { get; set; } = "from HTTP";

    /// <summary>Where requests are sent instead; null for none.</summary>
    public string? Redirection { get; set; }

    public List<string?> Keys { get; } = [];

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _loop;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                await AnswerAsync(context);
                context.Response.Close();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                if (!_listener.IsListening) return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        lock (Keys) Keys.Add(context.Request.Headers["Authorization"]);
        if (Redirection is { } elsewhere)
        {
            context.Response.StatusCode = 307;
            context.Response.Headers["Location"] = elsewhere;
            return;
        }

        if (context.Request.HttpMethod != "POST")
        {
            context.Response.StatusCode = 405;
            return;
        }

        using var request = await JsonDocument.ParseAsync(context.Request.InputStream);
        if (!request.RootElement.TryGetProperty("id", out var id))
        {
            context.Response.StatusCode = 202;
            return;
        }

        var answer = request.RootElement.GetProperty("method").GetString() switch
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
        context.Response.ContentType = "application/json";
        await context.Response.OutputStream.WriteAsync(
            Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":{{id.GetRawText()}},{{answer.Trim()}}}"""));
    }
}
