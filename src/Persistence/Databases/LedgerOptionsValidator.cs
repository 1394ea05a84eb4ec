using Microsoft.Extensions.Options;

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
}
