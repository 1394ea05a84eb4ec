using Microsoft.Extensions.AI;
using Qwen35Batch.Pipeline.Agents.Mcp;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks.Grants;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>The tools of this worker.</summary>
/// <param name="tools">Those that are set up.</param>
/// <param name="known">All that this program has.</param>
/// <param name="servers">Those of the configuration's servers.</param>
internal sealed class AgentToolSet(IEnumerable<IAgentTool> tools, IEnumerable<KnownTool> known, McpServers servers)
{
    private static readonly TimeSpan ServerDelay = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, IAgentTool> _tools = tools.Concat(servers.Tools)
        .ToDictionary(tool => tool.Name, StringComparer.Ordinal);

    public IAgentTool? Find(string name) => _tools.GetValueOrDefault(name);

    /// <summary>Asks the servers whose tools a task may call what arguments they take.</summary>
    /// <exception cref="ResourceUnavailableException">One does not answer.</exception>
    public async Task PrepareAsync(AgentSettings agent, CancellationToken cancellationToken)
    {
        if (!servers.Tools.Any(tool => agent.Find(tool.Name) is not null)) return;
        try
        {
            await servers.ConnectAsync(cancellationToken);
        }
        catch (ToolFailedException away)
        {
            throw new ResourceUnavailableException(away.Message, ServerDelay, countsAsAttempt: false, away);
        }
    }

    /// <summary>Those that the model may call while it gathers; the report is written by the flow itself.</summary>
    public IReadOnlyList<IAgentTool> Of(AgentSettings agent) =>
        [.. agent.Tools.Where(grant => grant.Name != ReportTool.ToolName).Select(grant => Find(grant.Name)).OfType<IAgentTool>()];

    /// <summary>The tools of a task that are not set up here, each with what to do.</summary>
    public IReadOnlyList<(ToolGrant Grant, string Advice)> Missing(AgentSettings agent) =>
        [.. agent.Tools.Where(grant => Find(grant.Name) is null)
            .Select(grant => (
                grant, known.FirstOrDefault(tool => tool.Name == grant.Name)?.Missing ?? "It is not set up on this worker."))];

    /// <summary>A tool as the model is told of it.</summary>
    public static AITool Declare(IAgentTool tool) => AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, tool.Schema);
}
