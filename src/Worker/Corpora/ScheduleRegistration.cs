using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Worker.Corpora;

/// <summary>Hangfire, which triggers and displays and never carries the work: its jobs write rows and return.</summary>
internal static class ScheduleRegistration
{
    public static IServiceCollection AddSchedules(this IServiceCollection services, LedgerOptions ledger)
    {
        services.AddHangfire(hangfire =>
        {
            hangfire.SetDataCompatibilityLevel(CompatibilityLevel.Version_180).UseSimpleAssemblyNameTypeSerializer();
            if (ledger.Provider == LedgerProvider.PostgreSql)
                hangfire.UsePostgreSqlStorage(database => database.UseNpgsqlConnection(ledger.ConnectionString), Postgres());
            else hangfire.UseInMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = TimeSpan.FromDays(7) });
        });
        services.AddHangfireServer(server =>
        {
            server.WorkerCount = 2;
            server.ServerTimeout = TimeSpan.FromMinutes(2);
            server.StopTimeout = TimeSpan.FromSeconds(5);
            server.ShutdownTimeout = TimeSpan.FromSeconds(10);
        });
        return services;
    }

    private static PostgreSqlStorageOptions Postgres() => new()
    {
        SchemaName = "hangfire",
        // Without sliding, a job that runs longer than the timeout is started a second time beside itself.
        UseSlidingInvisibilityTimeout = true,
        InvisibilityTimeout = TimeSpan.FromMinutes(5),
        // Its constructor would hold up the host's start for as long as it retries; later calls connect again by themselves.
        AllowDegradedModeWithoutStorage = true,
        StartupConnectionMaxRetries = 1,
        StartupConnectionBaseDelay = TimeSpan.FromMilliseconds(200),
    };
}
