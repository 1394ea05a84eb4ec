using Qwen35Batch.Pipeline.Agents.Search;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Worker.Agents;

/// <summary>The tools of agents that need the ledger.</summary>
internal static class AgentTools
{
    public static IServiceCollection AddAgentTools(this IServiceCollection services)
    {
        services.AddSingleton<IRequestPace, LedgerPace>();
        services.AddSingleton<IAgentTool, ArxivSearchTool>();
        services.AddSingleton<IAgentTool, InsightsTool>();
        services.AddHostedService<McpStart>();
        return services;
    }
}
