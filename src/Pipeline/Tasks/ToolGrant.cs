namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>What a task lets an agent do with one tool.</summary>
/// <param name="Name">The tool's name.</param>
internal sealed record ToolGrant(string Name)
{
    /// <summary>Calls in one job.</summary>
    public int MaxCalls { get; init; } = 10;

    /// <summary>The largest <c>count</c>, <c>max</c> or <c>rows</c> that a call may ask for; null for the tool's own bound.</summary>
    public int? MaxResults { get; init; }

    /// <summary>The largest number of characters of a text among the arguments.</summary>
    public int MaxCharacters { get; init; } = 2_000;

    /// <summary>The hosts that an address may have, <c>*.</c> before one for all below it; empty for any.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>The tasks whose insights may be asked for; empty for any.</summary>
    public IReadOnlyList<string> Tasks { get; init; } = [];

    /// <summary>Whether a person must agree to each call.</summary>
    public bool NeedsApproval { get; init; }

    /// <summary>Whether a job cannot run without it.</summary>
    public bool IsRequired { get; init; } = true;
}
