using Qwen35Batch.Persistence.Reading;

namespace Qwen35Batch.Worker.Http;

/// <summary>The ledger in numbers, and what failed last: <c>GET /status</c> and <c>status --json</c>.</summary>
/// <param name="Counts">The numbers; the rate is that of the last five minutes.</param>
/// <param name="Failures">What has no insight, the newest first.</param>
internal sealed record StatusReply(LedgerCounts Counts, IReadOnlyList<LedgerFailure> Failures)
{
    private const int Shown = 10;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static async Task<StatusReply> ReadAsync(ReadingLedger ledger, CancellationToken cancellationToken) => new(
        await ledger.CountsAsync(Window, cancellationToken),
        await ledger.ListFailuresAsync(JobFilter.All, null, 0, Shown, cancellationToken));
}
