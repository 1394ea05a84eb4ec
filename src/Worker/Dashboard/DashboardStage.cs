namespace Qwen35Batch.Worker.Dashboard;

/// <summary>How a stage stands among the others.</summary>
internal enum StageWord
{
    /// <summary>Nothing waits for it, and it could do more.</summary>
    Starved,

    /// <summary>It does what comes.</summary>
    Balanced,

    /// <summary>Work waits for it alone: the others could do more.</summary>
    Bottleneck,
}

/// <summary>A row of the table of stages.</summary>
internal sealed record DashboardStage
{
    public required string Name { get; init; }

    /// <summary>What it ended a minute, lately, in this process.</summary>
    public required double PerMinute { get; init; }

    /// <summary>What waits for it; null where nothing can wait.</summary>
    public long? Queue { get; init; }

    /// <summary>What it works on now, in this process.</summary>
    public required long Running { get; init; }

    /// <summary>What it worked on at once, on the average, lately.</summary>
    public required double AtOnce { get; init; }

    /// <summary>What it can work on at once; null where it has no limit of its own.</summary>
    public int? Places { get; init; }

    /// <summary>How long the oldest that waits for it has waited; null when none does.</summary>
    public double? OldestSeconds { get; init; }

    public StageWord Word { get; init; }
}
