using Qwen35Batch.Contracts;

namespace Qwen35Batch.Worker.Dashboard;

/// <summary>Everything that the page shows, in one answer.</summary>
internal sealed record DashboardSummary
{
    /// <summary>Why the ledger takes no results now; null while it does.</summary>
    public string? LedgerAway { get; init; }

    public required IReadOnlyDictionary<JobState, long> Jobs { get; init; }

    /// <summary>The last 60 minutes, the oldest first.</summary>
    public required IReadOnlyList<long> SegmentsPerMinute { get; init; }

    /// <summary>Figures of the engine, as words for a person.</summary>
    public required IReadOnlyDictionary<string, string> Engine { get; init; }

    public required IReadOnlyDictionary<string, long> FailuresByReason { get; init; }

    public required IReadOnlyList<DashboardFailure> Failures { get; init; }

    public required IReadOnlyList<DashboardRun> Runs { get; init; }
}
