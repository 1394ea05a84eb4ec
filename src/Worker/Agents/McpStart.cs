using Qwen35Batch.Pipeline.Agents.Mcp;

namespace Qwen35Batch.Worker.Agents;

/// <summary>
/// Asks the servers of the configuration for the schemas of their allowed tools before work begins: one that is not there stops the start,
/// as a wrong setting does.
/// </summary>
internal sealed class McpStart(McpServers servers) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => servers.ConnectAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
