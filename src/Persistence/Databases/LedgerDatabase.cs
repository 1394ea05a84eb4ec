using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Databases;

/// <summary>
/// Runs an operation on a connection of its own, and again a bounded number of times when the database says that it may succeed then: a
/// serialization failure, a deadlock, a lost connection, a busy file. When the answer to a commit is lost, it is unknown whether it
/// happened; every operation is therefore written to be repeated. What is the ledger's fault is thrown as
/// <see cref="LedgerUnavailableException"/>.
/// </summary>
internal sealed class LedgerDatabase(ILedgerDialect dialect, TimeProvider time)
{
    private const int MaxTries = 6;

    /// <summary>A server that is silent costs a time-out a try; whoever asked waits no longer than this for another.</summary>
    private static readonly TimeSpan LongestTrying = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    /// <summary>The clock of this process, for pauses and spans; what is stored has the database's.</summary>
    public TimeProvider Time => time;

    public ILedgerDialect Dialect { get; } = dialect;

    /// <summary>Null where nobody can be told.</summary>
    public Announcer? Announcer { get; } = dialect.Channel is { } channel ? new(channel, time) : null;

    public Task<T> ReadAsync<T>(Func<LedgerDbContext, CancellationToken, Task<T>> operation, CancellationToken cancellationToken) =>
        RepeatAsync(async () =>
        {
            await using var db = Dialect.Create();
            return await operation(db, cancellationToken);
        }, IsRepeatable, cancellationToken);

    public Task<T> WriteAsync<T>(Func<LedgerTransaction, CancellationToken, Task<T>> operation, CancellationToken cancellationToken) =>
        WriteAsync(operation, IsRepeatable, waitsForTelling: true, cancellationToken);

    /// <summary>
    /// The same for what is written in groups: a unique key that is taken is not waited for, since its row is written alone next.
    /// </summary>
    public Task<T> WriteGroupAsync<T>(
        Func<LedgerTransaction, CancellationToken, Task<T>> operation, CancellationToken cancellationToken) =>
        WriteAsync(operation, error => Causes(error).Any(Dialect.IsTransient), waitsForTelling: false, cancellationToken);

    /// <summary>
    /// Whether the same operation may succeed when it is repeated. A unique key that somebody else has just taken is found by reading then.
    /// </summary>
    public bool IsRepeatable(Exception error) => Causes(error).Any(
        cause => cause is JobRemovedException || Dialect.IsTransient(cause) || Dialect.IsUniqueViolation(cause));

    private static IEnumerable<Exception> Causes(Exception? error)
    {
        for (; error is not null; error = error.InnerException) yield return error;
    }

    private Task<T> WriteAsync<T>(
        Func<LedgerTransaction, CancellationToken, Task<T>> operation, Func<Exception, bool> isRepeatable, bool waitsForTelling,
        CancellationToken cancellationToken)
    {
        var commitWasAsked = false;
        return RepeatAsync(async () =>
        {
            using var turn = await Dialect.EnterWriteAsync(cancellationToken);
            await using var db = Dialect.Create();
            // A transaction that fails is begun anew.
            db.Database.AutoSavepointsEnabled = false;
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var opened = new LedgerTransaction(db, Dialect, await Dialect.NowAsync(db, cancellationToken), commitWasAsked);
            var result = await operation(opened, cancellationToken);
            await opened.SaveAsync(cancellationToken);
            commitWasAsked = true;
            await transaction.CommitAsync(cancellationToken);
            // A command may end its process after this.
            var told = Announcer?.TellAsync(opened.Ready) ?? Task.CompletedTask;
            if (waitsForTelling) await told;
            return result;
        }, isRepeatable, cancellationToken);
    }

    private Task<T> RepeatAsync<T>(Func<Task<T>> attempt, Func<Exception, bool> isRepeatable, CancellationToken cancellationToken) =>
        LedgerFault.TellAsync(() => TryAsync(attempt, isRepeatable, cancellationToken), cancellationToken);

    private async Task<T> TryAsync<T>(Func<Task<T>> attempt, Func<Exception, bool> isRepeatable, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await attempt();
            }
            catch (Exception error) when (tries < MaxTries
                && !cancellationToken.IsCancellationRequested
                && time.GetElapsedTime(startedAt) < LongestTrying
                && isRepeatable(error))
            {
                // With jitter, so that those who collided do not collide again.
                var pause = FirstPause * Math.Pow(2, tries - 1) * (0.5 + Random.Shared.NextDouble());
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }
}
