using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Mcp;

/// <summary>All servers of the configuration with their allowed tools.</summary>
public sealed class McpServers : IAsyncDisposable
{
    private readonly List<(McpServer Server, List<McpTool> Tools)> _servers;

    /// <summary>Starts nothing yet.</summary>
    public McpServers(IOptions<McpOptions> options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _servers =
        [
            .. options.Value.Mcp.OrderBy(server => server.Key, StringComparer.Ordinal).Select(entry =>
            {
                var server = new McpServer(entry.Key, entry.Value, time);
                var tools = entry.Value.Tools.OrderBy(tool => tool.Key, StringComparer.Ordinal)
                    .Select(tool => new McpTool(server, tool.Key, tool.Value))
                    .ToList();
                return (server, tools);
            })
        ];
    }

    /// <summary>The allowed tools; their schemas are known after <see cref="ConnectAsync"/>.</summary>
    public IReadOnlyList<IAgentTool> Tools => [.. _servers.SelectMany(server => server.Tools)];

    /// <summary>Starts all servers that have allowed tools, and asks them for the schemas of those.</summary>
    /// <exception cref="ToolFailedException">A server does not answer, or lacks a tool: the sentence says which.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        foreach (var (server, tools) in _servers.Where(server => server.Tools.Count > 0))
        {
            var schemas = await server.SchemasAsync(cancellationToken).ConfigureAwait(false);
            foreach (var tool in tools) tool.Learn(schemas);
        }
    }

    /// <summary>Ends all servers.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var (server, _) in _servers) await server.DisposeAsync().ConfigureAwait(false);
    }
}
