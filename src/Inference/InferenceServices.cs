using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Qwen35Batch.Inference.Chat;

namespace Qwen35Batch.Inference;

/// <summary>Registers the engine of this process.</summary>
public static class InferenceServices
{
    /// <summary>
    /// Registers an <see cref="IChatClient"/> over the model that the section <c>Engine</c> names. The options and the model folder are
    /// checked when the host starts; the model is loaded by the first call, and the host's stop finishes what runs.
    /// <see cref="Qwen35EngineHost"/> has the live numbers.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes options after the configuration was read.</param>
    public static IServiceCollection AddQwen35Engine(this IServiceCollection services, Action<EngineOptions>? configure = null)
    {
        var options = services.AddOptions<EngineOptions>()
            .BindConfiguration(EngineOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.AddSingleton<Qwen35EngineHost>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<Qwen35EngineHost>());
        services.AddSingleton(provider => provider.GetRequiredService<Qwen35EngineHost>().ChatClient);
        return services;
    }
}
