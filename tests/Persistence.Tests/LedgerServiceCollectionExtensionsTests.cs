using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Persistence.Tests;

public sealed class LedgerServiceCollectionExtensionsTests
{
    [Fact]
    public async Task What_is_registered_works_from_configuration_alone()
    {
        var folder = Directory.CreateTempSubdirectory("qwen35batch-ledger-").FullName;
        try
        {
            await using var services = Services(
                ("Ledger:ConnectionString", $"Data Source={folder}/ledger.db;Pooling=False"), ("Ledger:MaxAttempts", "7"));

            Assert.NotEmpty(await services.GetRequiredService<LedgerMigrator>().MigrateAsync(TestContext.Current.CancellationToken));
            Assert.Null(
                await services.GetRequiredService<Ledger>().Reading.GetJobAsync(Guid.NewGuid(), TestContext.Current.CancellationToken));
            Assert.Equal(7, services.GetRequiredService<IOptions<LedgerOptions>>().Value.MaxAttempts);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("Ledger:Provider", "Mongo", "Ledger:Provider is 'Mongo'. It must be one of: Sqlite, PostgreSql.")]
    [InlineData(
        "Ledger:ConnectionString",
        "",
        "Ledger:ConnectionString is empty. Give 'Data Source=<file>' for Sqlite, or 'Host=...;Database=...;Username=...' for PostgreSql.")]
    [InlineData("Ledger:ConnectionString", "nonsense", "Ledger:ConnectionString cannot be read (")]
    [InlineData(
        "Ledger:ConnectionString",
        "Host=a;Database=b",
        "; with Ledger:Provider Sqlite it takes a value such as 'Data Source=data/ledger.db'.")]
    [InlineData("Ledger:MaxAttempts", "0", "Ledger:MaxAttempts is 0. It must be from 1 to 100.")]
    [InlineData("Ledger:BackOff", "02:00:00", "Ledger:BackOff is 02:00:00. It must be from 00:00:00 to 01:00:00.")]
    [InlineData(
        "Ledger:MaxBackOff", "2.00:00:00", "Ledger:MaxBackOff is 2.00:00:00. It must be from Ledger:BackOff (00:00:05) to 1.00:00:00.")]
    public void A_wrong_option_stops_the_start_with_its_key_and_what_is_allowed(string key, string value, string sentence)
    {
        using var services = Services((key, value));

        var refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(params IReadOnlyList<(string Key, string Value)> settings) =>
        new ServiceCollection()
            .AddLedger(
                new ConfigurationBuilder()
                    .AddInMemoryCollection(settings.ToDictionary(entry => entry.Key, entry => (string?)entry.Value))
                    .Build())
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
}
