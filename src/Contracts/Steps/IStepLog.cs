namespace Qwen35Batch.Contracts.Steps;

/// <summary>
/// The steps of one job, for the worker that holds its lease. Every method is one commit, may be repeated, and throws
/// <see cref="StepsLostException"/> when another worker has the job now, and <see cref="StepsAwayException"/> when the ledger cannot be
/// reached.
/// </summary>
public interface IStepLog
{
    /// <summary>The steps so far, in order, and the ledger's time.</summary>
    Task<(IReadOnlyList<StepRecord> Steps, DateTimeOffset Now)> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Stores a step as planned; one that is there already stays as it is.</summary>
    /// <exception cref="InvalidOperationException">Another step is stored under this number.</exception>
    Task<StepRecord> PlanAsync(StepRequest request, CancellationToken cancellationToken);

    /// <summary>Says that a step is begun now, before anything of it is done.</summary>
    Task<StepRecord> BeginAsync(int number, CancellationToken cancellationToken);

    /// <summary>Says that a step waits for a person.</summary>
    Task<StepRecord> AwaitAsync(int number, CancellationToken cancellationToken);

    /// <summary>Stores what came of a step. The first result that is stored is the one that counts.</summary>
    /// <returns>The step with the result that counts.</returns>
    Task<StepRecord> EndAsync(int number, StepEnd outcome, CancellationToken cancellationToken);
}
