using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Agents.Look;
using Qwen35Batch.Pipeline.Agents.Mcp;
using Qwen35Batch.Pipeline.Agents.Pages;
using Qwen35Batch.Pipeline.Agents.Search;
using Qwen35Batch.Pipeline.Agents.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tasks.Grants;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>Registers the tasks of agents and their tools.</summary>
internal static class AgentRegistration
{
    public static IServiceCollection AddAgents(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(AgentOptions.Section);
        services.AddOptions<AgentOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<AgentToolOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<McpOptions>().Bind(section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<McpOptions>, McpOptionsValidator>());
        foreach (var tool in KnownTool.BuiltIn.Concat(McpNames(section))) services.AddSingleton(tool);
        services.TryAddSingleton<McpServers>();
        foreach (var (name, _) in McpNames(section))
        {
            services.AddSingleton<IAgentTool>(
                provider => provider.GetRequiredService<McpServers>().Tools.First(tool => tool.Name == name));
        }

        services.TryAddSingleton<ArtifactStore>();
        if (section[nameof(AgentToolOptions.SearchUrl)] is { Length: > 0 }) services.AddSingleton<IAgentTool, WebSearchTool>();
        services.AddSingleton<IAgentTool, ReadPageTool>();
        services.AddSingleton<IAgentTool>(provider => new LookTool(
            provider.GetRequiredService<MediaStore>(),
            provider.GetRequiredService<MediaProbe>(),
            provider.GetRequiredService<PictureReader>(),
            provider.GetRequiredService<PdfReader>(),
            provider.GetRequiredService<ClipReader>(),
            provider.GetRequiredService<IChatClient>()));
        services.AddSingleton<IAgentTool, ReportTool>();
        services.TryAddSingleton<AgentToolSet>();
        services.TryAddSingleton<AgentModel>();
        services.TryAddSingleton<ReadPhase>();
        services.TryAddSingleton<CallPhase>();
        services.TryAddSingleton<PlanPhase>();
        services.TryAddSingleton<ActPhase>();
        services.TryAddSingleton<WritePhase>();
        services.TryAddSingleton<VerifyPhase>();
        services.TryAddSingleton<ReportPhase>();
        services.TryAddSingleton<AgentRun>();
        services.TryAddSingleton(provider => new AgentPreview(
            provider.GetRequiredService<TaskCatalog>(),
            provider.GetRequiredService<AgentToolSet>(),
            provider.GetRequiredService<PlanPhase>()));
        return services;
    }

    private static IEnumerable<KnownTool> McpNames(IConfigurationSection section) =>
        section.GetSection(nameof(McpOptions.Mcp)).GetChildren()
            .SelectMany(server => server.GetSection(nameof(McpServerOptions.Tools)).GetChildren()
                .Select(tool => new KnownTool(McpTool.NameOf(server.Key, tool.Key))));
}
