using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Worker.Stages;

namespace Qwen35Batch.Worker.Hosting;

/// <summary>The model: in this process or behind an endpoint. The rest of the program sees an <c>IChatClient</c>.</summary>
internal static class EngineRegistration
{
    public static IServiceCollection AddEngine(this IServiceCollection services, IConfiguration configuration)
    {
        var selection = configuration.GetSection(EngineSelection.Section).Get<EngineSelection>() ?? new();
        return services
            .AddOpenAICompatibleEngine(configuration)
            .AddSingleton(provider => new EngineCapacity(provider.GetRequiredService<IOptions<EndpointOptions>>().Value.MaxConcurrency));
    }
}
