using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Qwen35Batch.Persistence;

/// <summary>Registers the ledger.</summary>
public static class LedgerServiceCollectionExtensions
{
    /// <summary>Adds <see cref="Ledger"/>, <see cref="LedgerMigrator"/> and <see cref="LedgerOptions"/>, validated at start.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The configuration that has the section <see cref="LedgerOptions.Section"/>.</param>
    public static IServiceCollection AddLedger(this IServiceCollection services, IConfiguration configuration) => throw new NotImplementedException();
}
