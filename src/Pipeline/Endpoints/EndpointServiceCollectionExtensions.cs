using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Qwen35Batch.Schemas.Vocabularies;

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
        services.AddSingleton<IChatClient>(provider => Client(provider));
        services.AddSingleton<IEndpointProbe>(provider => new EndpointProbe(
            Client(provider), Options(provider), provider.GetRequiredService<TimeProvider>()));
        return services;

        static IChatClient Client(IServiceProvider provider) =>
            OpenAICompatibleClient.Create(
                Options(provider), provider.GetRequiredService<TimeProvider>(), provider.GetService<IVocabularies>());
        static EndpointOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<EndpointOptions>>().Value;
    }
}
