using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>Registers an OpenAI-compatible endpoint as the model.</summary>
public static class EndpointServiceCollectionExtensions
{
    /// <summary>Registers the endpoint of section <c>Engine</c> as the <see cref="IChatClient"/>, validated at start.</summary>
    public static IServiceCollection AddOpenAICompatibleEngine(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<EndpointOptions>()
            .Bind(configuration.GetSection(EndpointOptions.Section))
            .ValidateDataAnnotations()
            .Validate(
                options => options.BaseUrl is not { } url || (url.IsAbsoluteUri && url.Scheme is "http" or "https"),
                "Engine:BaseUrl must be an absolute http or https address with the API's version, such as http://vllm:8000/v1.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IEndpointProbe>(provider => new EndpointProbe(
            provider.GetRequiredService<IChatClient>(),
            provider.GetRequiredService<IOptions<EndpointOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IChatClient>(provider => OpenAICompatibleClient.Create(
            provider.GetRequiredService<IOptions<EndpointOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
