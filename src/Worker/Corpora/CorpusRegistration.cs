using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Corpora;

/// <summary>Corpora and, where there are schedules, their triggers.</summary>
internal static class CorpusRegistration
{
    public static IServiceCollection AddCorpora(this IServiceCollection services)
    {
        services.AddOptions<CorporaOptions>().BindConfiguration(CorporaOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CorporaOptions>, CorporaOptionsValidator>();
        services.AddSingleton<CorpusRunner>();
        return services;
    }

    public static IServiceCollection AddCorpusSchedules(this IServiceCollection services)
    {
        services.AddTransient(provider => new CorpusTrigger(
            provider.GetRequiredService<CorpusRunner>(),
            provider.GetRequiredService<LedgerWatch>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<CorpusSchedules>();
        return services;
    }
}
