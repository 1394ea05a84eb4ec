namespace Qwen35Batch.Worker.Dashboard;

/// <summary>A row of the table of corpora.</summary>
internal sealed record DashboardCorpus
{
    public required string Name { get; init; }

    /// <summary>When it runs, as a cron expression in its time zone; empty for one that runs when it is asked to.</summary>
    public required string Schedule { get; init; }

    public DateTimeOffset? NextRun { get; init; }

    /// <summary>The date of its last run; null before the first.</summary>
    public DateOnly? LastRun { get; init; }

    /// <summary>Enumerating, Analysing or Ended; null before the first run.</summary>
    public string? State { get; init; }

    /// <summary>The jobs of the last run.</summary>
    public long Jobs { get; init; }

    /// <summary>Those that have ended.</summary>
    public long Ended { get; init; }

    /// <summary>When the last job of the run will have ended at the rate of the last minutes; null while that cannot be said.</summary>
    public DateTimeOffset? Forecast { get; init; }
}
