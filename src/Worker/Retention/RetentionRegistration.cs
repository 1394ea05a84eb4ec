using Microsoft.Extensions.Options;

namespace Qwen35Batch.Worker.Retention;

/// <summary>Removal of copies and jobs, by hand and by schedule.</summary>
internal static class RetentionRegistration
{
    public static IServiceCollection AddPurge(this IServiceCollection services)
    {
        services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.Section);
        return services.AddSingleton<MediaPurge>().AddSingleton<JobPurge>();
    }

    public static IServiceCollection AddRetentionSchedule(this IServiceCollection services)
    {
        services.AddTransient(provider => new RetentionTrigger(
            provider.GetRequiredService<MediaPurge>(),
            provider.GetRequiredService<JobPurge>(),
            provider.GetRequiredService<IOptions<RetentionOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RetentionTrigger>>()));
        services.AddHostedService<RetentionSchedule>();
        return services;
    }
}
