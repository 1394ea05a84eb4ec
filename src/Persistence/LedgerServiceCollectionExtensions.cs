using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Persistence;

/// <summary>Registers the ledger.</summary>
public static class LedgerServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="Ledger"/> and each of its roles, <see cref="LedgerMigrator"/>, <see cref="LedgerProbe"/> and
    /// <see cref="LedgerOptions"/>, validated at start.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The configuration that has the section <see cref="LedgerOptions.Section"/>.</param>
    public static IServiceCollection AddLedger(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection(LedgerOptions.Section);
        services.AddOptionsWithValidateOnStart<LedgerOptions, LedgerOptionsValidator>().Configure(options => Bind(section, options));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => Dialect(provider.GetRequiredService<IOptions<LedgerOptions>>().Value));
        services.TryAddSingleton(provider => new LedgerMigrator(provider.GetRequiredService<ILedgerDialect>()));
        services.TryAddSingleton(
            provider => new LedgerDatabase(provider.GetRequiredService<ILedgerDialect>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new LedgerProbe(
            provider.GetRequiredService<LedgerDatabase>(), provider.GetRequiredService<LedgerMigrator>()));
        services.TryAddSingleton(provider => new Ledger(
            provider.GetRequiredService<LedgerDatabase>(), provider.GetRequiredService<IOptions<LedgerOptions>>().Value));
        services.TryAddSingleton(provider => provider.GetRequiredService<Ledger>().Submissions);
        services.TryAddSingleton(provider => provider.GetRequiredService<Ledger>().Queue);
        services.TryAddSingleton(provider => provider.GetRequiredService<Ledger>().Reading);
        services.TryAddSingleton(provider => provider.GetRequiredService<Ledger>().Corpora);
        services.TryAddSingleton(provider => provider.GetRequiredService<Ledger>().Outbox);
        services.TryAddSingleton(provider => provider.GetRequiredService<Ledger>().Calibrations);
        services.TryAddSingleton(provider => provider.GetRequiredService<Ledger>().Reviews);
        services.TryAddSingleton(provider => provider.GetRequiredService<Ledger>().Search);
        services.TryAddSingleton(provider => provider.GetRequiredService<Ledger>().Steps);
        services.TryAddSingleton(provider => provider.GetRequiredService<Ledger>().Pacing);
        services.TryAddSingleton(provider => provider.GetRequiredService<Ledger>().TaskVersions);
        services.TryAddSingleton(provider => provider.GetRequiredService<Ledger>().Announcements);
        return services;
    }

    private static void Bind(IConfigurationSection section, LedgerOptions options)
    {
        // The binder would name neither the allowed values nor the way out.
        if (section[nameof(LedgerOptions.Provider)] is { } provider && !Enum.TryParse<LedgerProvider>(provider, ignoreCase: true, out _))
        {
            throw new OptionsValidationException(
                LedgerOptions.Section,
                typeof(LedgerOptions),
                [$"Ledger:Provider is '{provider}'. It must be one of: {string.Join(", ", Enum.GetNames<LedgerProvider>())}."]);
        }
        section.Bind(options);
    }

    private static ILedgerDialect Dialect(LedgerOptions options) => options.Provider switch
    {
        LedgerProvider.PostgreSql => new PostgreSqlDialect(options.ConnectionString),
        _ => new SqliteDialect(options.ConnectionString),
    };
}
