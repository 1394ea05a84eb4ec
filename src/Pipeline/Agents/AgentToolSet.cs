using Microsoft.Extensions.AI;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>The tools of this worker.</summary>
/// <param name="tools">Those that are set up.</param>
/// <param name="known">All that this program has.</param>
internal sealed class AgentToolSet(IEnumerable<IAgentTool> tools, IEnumerable<KnownTool> known)
{
    private readonly Dictionary<string, IAgentTool> _tools = tools.ToDictionary(tool => tool.Name, StringComparer.Ordinal);

    public IAgentTool? Find(string name) => _tools.GetValueOrDefault(name);

    /// <summary>Those that the model may call while it gathers; the report is written by the flow itself.</summary>
    public IReadOnlyList<IAgentTool> Of(AgentSettings agent) =>
        [.. agent.Tools.Where(grant => grant.Name != ReportTool.ToolName).Select(grant => Find(grant.Name)).OfType<IAgentTool>()];

    /// <summary>The tools of a task that are not set up here, each with what to do.</summary>
    public IReadOnlyList<(ToolGrant Grant, string Advice)> Missing(AgentSettings agent) =>
        [.. agent.Tools.Where(grant => Find(grant.Name) is null)
            .Select(grant => (grant, known.FirstOrDefault(tool => tool.Name == grant.Name)?.Missing ?? "It is not set up on this worker."))];

    /// <summary>A tool as the model is told of it.</summary>
    public static AITool Declare(IAgentTool tool) => AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, tool.Schema);
}
