using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Qwen35Batch.Persistence.Databases;

// By hand: the generated validators drop the messages of a range.
internal sealed class LedgerOptionsValidator : IValidateOptions<LedgerOptions>
{
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestMaxBackOff = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, LedgerOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            result.AddError(
                "Ledger:ConnectionString is empty. Give 'Data Source=<file>' for Sqlite, or 'Host=...;Database=...;Username=...' for "
                    + "PostgreSql.");
        }

        else if (Unreadable(options) is { } why)
        {
            result.AddError(
                $"Ledger:ConnectionString cannot be read ({why}); with Ledger:Provider {options.Provider} it takes a value such as "
                    + (options.Provider == LedgerProvider.Sqlite
                        ? "'Data Source=data/ledger.db'."
                        : "'Host=localhost;Database=qwen35batch;Username=...;Password=...'."));
        }

        if (options.MaxAttempts is < 1 or > 100)
            result.AddError($"Ledger:MaxAttempts is {options.MaxAttempts}. It must be from 1 to 100.");
        if (options.BackOff < TimeSpan.Zero || options.BackOff > LongestBackOff)
            result.AddError($"Ledger:BackOff is {options.BackOff}. It must be from {TimeSpan.Zero} to {LongestBackOff}.");
        if (options.MaxBackOff < options.BackOff || options.MaxBackOff > LongestMaxBackOff)
        {
            result.AddError(
                $"Ledger:MaxBackOff is {options.MaxBackOff}. It must be from Ledger:BackOff ({options.BackOff}) to {LongestMaxBackOff}.");
        }

        return result.Build();
    }

    private static string? Unreadable(LedgerOptions options)
    {
        try
        {
            DbConnectionStringBuilder builder = options.Provider == LedgerProvider.Sqlite
                ? new SqliteConnectionStringBuilder(options.ConnectionString)
                : new NpgsqlConnectionStringBuilder(options.ConnectionString);
            return builder.Count > 0 ? null : "it says nothing";
        }
        catch (ArgumentException exception)
        {
            return exception.Message.TrimEnd('.');
        }
    }
}
