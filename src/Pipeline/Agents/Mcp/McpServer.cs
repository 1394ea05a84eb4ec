using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Mcp;

/// <summary>
/// A server that is started when it is needed and again when it has died or hung. Whatever it does is a result or a sentence in our words.
/// </summary>
internal sealed class McpServer(string name, McpServerOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);

    private McpConnection? _connection;
    private bool _isDisposed;

    public string Name => name;

    /// <summary>The tools that the configuration allows, with the server's schemas.</summary>
    /// <exception cref="ToolFailedException">The server does not answer, or does not have one of them.</exception>
    public async Task<IReadOnlyDictionary<string, JsonElement>> SchemasAsync(CancellationToken stop)
    {
        var listed = await AskAsync((client, token) => client.ListToolsAsync(cancellationToken: token), stop).ConfigureAwait(false);
        var offered = listed.GroupBy(tool => tool.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First().JsonSchema, StringComparer.Ordinal);
        if (options.Tools.Keys.FirstOrDefault(tool => !offered.ContainsKey(tool)) is { } missing)
        {
            throw new ToolFailedException(
                $"The MCP server '{name}' has no tool '{missing}', which Agent:Mcp:{name}:Tools names. It has: "
                    + $"{PlainText.Line(string.Join(", ", offered.Keys.Order(StringComparer.Ordinal)), 500)}.");
        }

        return options.Tools.Keys.ToDictionary(tool => tool, tool => McpSchema.Clean(tool, offered[tool]), StringComparer.Ordinal);
    }

    /// <exception cref="ToolFailedException">There is no result; the message has no word of the server's.</exception>
    public Task<CallToolResult> CallAsync(string tool, JsonElement arguments, CancellationToken stop) => AskAsync(
        (client, token) => client.CallToolAsync(
            new CallToolRequestParams
            {
                Name = tool,
                Arguments = arguments.EnumerateObject().ToDictionary(property => property.Name, property => property.Value),
            },
            token),
        stop);

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        if (_connection is { } connection) await connection.DisposeAsync().ConfigureAwait(false);
        _opening.Dispose();
    }

    private async Task<T> AskAsync<T>(Func<McpClient, CancellationToken, ValueTask<T>> ask, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        McpConnection? connection = null;
        try
        {
            connection = await OpenAsync(either.Token).ConfigureAwait(false);
            return await ask(connection.Client, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (McpProtocolException refused)
        {
            throw new ToolFailedException($"The MCP server '{name}' refused the request.", refused);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is not ToolFailedException)
        {
            var isExceeded = connection?.IsExceeded ?? false;
            await DropAsync(connection).ConfigureAwait(false);
            var what = isExceeded ? $"sent more than {options.MaxMessageBytes:N0} bytes at once"
                : late.IsCancellationRequested ? $"did not answer within {options.Timeout.TotalSeconds:0} seconds"
                : "ended, or sent what is no answer";
            throw new ToolFailedException($"The MCP server '{name}' {what}; the next call starts it anew.", exception);
        }
    }

    private async Task<McpConnection> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_connection is { IsAlive: true } alive) return alive;
            if (_connection is { } dead) await dead.DisposeAsync().ConfigureAwait(false);
            _connection = null;
            return _connection = await McpConnection.OpenAsync(name, options, time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task DropAsync(McpConnection? connection)
    {
        if (connection is null) return;
        Interlocked.CompareExchange(ref _connection, null, connection);
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
