namespace Qwen35Batch.Worker.Dashboard;

/// <summary>The engine in figures.</summary>
internal sealed record DashboardEngine
{
    /// <summary>Requests that it can answer at once.</summary>
    public required int Slots { get; init; }

    /// <summary>Requests that it answers now.</summary>
    public required long Running { get; init; }

    /// <summary>Requests that wait for a slot; null for an endpoint, which does not tell.</summary>
    public int? Pending { get; init; }

    /// <summary>Sequences of a decode run as a share of the slots, lately; null for an endpoint.</summary>
    public double? BatchFill { get; init; }

    public required double InputTokensPerSecond { get; init; }

    public required double OutputTokensPerSecond { get; init; }

    /// <summary>Whether the figures of tokens are the whole ledger's over the last minutes, and not this engine's now.</summary>
    public required bool TokensAreOfTheLedger { get; init; }

    /// <summary>
    /// What it did in each of the last sixty minutes, and why nothing if it did nothing, as shares of the minute; null for one that this
    /// worker did not see.
    /// </summary>
    public required IReadOnlyList<IReadOnlyDictionary<string, double>?> Hour { get; init; }
}
