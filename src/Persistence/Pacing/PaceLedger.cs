using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Persistence.Pacing;

/// <summary>
/// Keeps requests to a service apart, over all workers that share the ledger: one at a time, and none within an interval after the
/// last one. All times are the database's.
/// </summary>
public sealed class PaceLedger
{
    /// <summary>A request that is under way may end at any time; who waits for it asks again after this.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    private readonly LedgerDatabase _database;

    internal PaceLedger(LedgerDatabase database) => _database = database;

    /// <summary>Takes the turn of a request, if it is one's turn.</summary>
    /// <param name="service">The service, such as <c>arxiv</c>.</param>
    /// <param name="holder">A number of this request.</param>
    /// <param name="interval">The least time from now to the next request's start.</param>
    /// <param name="longest">When the request counts as over without <see cref="ReleaseAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<PaceTurn> TryTakeAsync(
        string service, Guid holder, TimeSpan interval, TimeSpan longest, CancellationToken cancellationToken) =>
        _database.WriteAsync(async (transaction, token) =>
        {
            var now = transaction.Now;
            var row = await transaction.LockPaceAsync(service, token);
            if (row is null)
            {
                // Two at once: one of them meets the key and tries again.
                row = new() { Service = service, NextAt = now };
                transaction.Db.Paces.Add(row);
            }

            if (row.Holder == holder) return new PaceTurn(TimeSpan.Zero, now);
            if (row.Holder is not null && row.HeldUntil > now) return new PaceTurn(Shorter(LookAgain, row.HeldUntil.Value - now), now);
            if (row.NextAt > now) return new PaceTurn(row.NextAt - now, now);
            row.Holder = holder;
            row.HeldUntil = now + longest;
            row.NextAt = now + interval;
            return new PaceTurn(TimeSpan.Zero, now);
        }, cancellationToken);

    /// <summary>Says that a request is over: the next one begins an interval later. One that lost its turn changes nothing.</summary>
    /// <param name="service">The service.</param>
    /// <param name="holder">The number of the request.</param>
    /// <param name="interval">The least time from now to the next request's start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<bool> ReleaseAsync(string service, Guid holder, TimeSpan interval, CancellationToken cancellationToken) =>
        _database.WriteAsync(async (transaction, token) =>
        {
            if (await transaction.LockPaceAsync(service, token) is not { } row || row.Holder != holder) return false;
            row.Holder = null;
            row.HeldUntil = null;
            row.NextAt = transaction.Now + interval;
            return true;
        }, cancellationToken);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
