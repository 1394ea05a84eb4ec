using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Stages;

/// <summary>What a <see cref="StageLoop{TClaim}"/> does with rows of one kind.</summary>
internal interface IStage<TClaim>
    where TClaim : class, IClaim
{
    /// <summary>The stage's word in logs, metrics and spans.</summary>
    string Name { get; }

    /// <summary>Rows worked on at once.</summary>
    int Concurrency { get; }

    /// <summary>Set when there may be work.</summary>
    WakeUp Work { get; }

    /// <summary>Whether there is a point in claiming now.</summary>
    bool MayClaim => true;

    /// <summary>Whether rows may be claimed that wait for a place, while those before them are short work.</summary>
    bool ClaimsAhead => false;

    /// <summary>Waits until there is a point in claiming.</summary>
    /// <returns>How many of the free places are to be filled.</returns>
    Task<int> WaitForPlacesAsync(int free, CancellationToken stopClaiming) => Task.FromResult(free);

    /// <param name="count">How many, at most.</param>
    /// <param name="othersFirst">Whether one that is to run alone is passed over while there are others.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    Task<IReadOnlyList<TClaim>> ClaimAsync(int count, bool othersFirst, CancellationToken cancellationToken);

    /// <param name="claim">The row.</param>
    /// <param name="aside">Awaits what needs neither processor nor memory, without the row's place.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    Task<StageOutcome> WorkAsync(TClaim claim, Func<Task, Task> aside, CancellationToken cancellationToken);

    /// <returns>False when the lease was lost.</returns>
    Task<bool> RecordAsync(TClaim claim, StageOutcome outcome, CancellationToken cancellationToken);

    Task ReleaseAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken);
}
