using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Dashboard;
using Qwen35Batch.Worker.Http;
using Qwen35Batch.Worker.Messaging;
using Qwen35Batch.Worker.Remote;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Hosting;

/// <summary>The options that decide what is registered, read after the whole configuration was checked.</summary>
internal sealed record CheckedOptions(
    BusOptions Bus, LedgerOptions Ledger, HttpOptions Http, DashboardOptions Dashboard, TelemetryOptions Telemetry,
    ServerOptions Server)
{
    /// <exception cref="SettingsException">The configuration has unknown keys or wrong values.</exception>
    public static CheckedOptions Read(IConfigurationManager configuration)
    {
        var problems = SettingsCheck.FindProblems((IConfigurationRoot)configuration, OptionSections.All);
        if (problems.Count > 0) throw new SettingsException(problems);

        var ledger = Get<LedgerOptions>(configuration, LedgerOptions.Section);
        if (ledger.Provider == LedgerProvider.PostgreSql
            && ledger.ConnectionString.EndsWith(ConfigurationSources.LedgerFile, StringComparison.Ordinal))
        {
            throw new SettingsException(
                [
                    "Ledger:ConnectionString is missing; with Ledger:Provider PostgreSql it takes a value such as "
                        + "'Host=localhost;Database=qwen35batch;Username=...;Password=...'."
                ]);
        }

        return new(
            Get<BusOptions>(configuration, BusOptions.Section),
            ledger,
            Get<HttpOptions>(configuration, HttpOptions.Section),
            Get<DashboardOptions>(configuration, DashboardOptions.Section),
            Get<TelemetryOptions>(configuration, TelemetryOptions.Section),
            Get<ServerOptions>(configuration, ServerOptions.Section));
    }

    private static T Get<T>(IConfiguration configuration, string section)
        where T : class, new() => configuration.GetSection(section).Get<T>() ?? new();
}
