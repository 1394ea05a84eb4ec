using System.Text.Json.Serialization;

namespace Qwen35Batch.Pipeline.Tasks.Grants;

/// <summary>What makes a task an agent's: its tools and what it may spend.</summary>
/// <param name="Tools">The tools that it may call, by name; never empty.</param>
/// <param name="Budget">What a job may spend.</param>
internal sealed record AgentSettings(IReadOnlyList<ToolGrant> Tools, AgentBudget Budget)
{
    /// <summary>Hosts and tools whose word alone is enough; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Trust { get; init; }

    /// <summary>Whether the word of a host, or of a tool that reads no address, is enough.</summary>
    public bool Trusts(string name) => Trust is not null && HostRule.Allows(Trust, name);

    public ToolGrant? Find(string tool) => Tools.FirstOrDefault(grant => grant.Name == tool);
}

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

    /// <summary>What becomes of a call whose effect may or may not have happened.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DoubtRule InDoubt { get; init; }

    /// <summary>Whether a job cannot run without it.</summary>
    public bool IsRequired { get; init; } = true;
}

/// <summary>What one job of an agent may spend, all attempts together; what a retry has replaced counts no more.</summary>
/// <param name="Steps">Requests to the model and calls of tools.</param>
/// <param name="Tokens">Of prompts and answers.</param>
/// <param name="Minutes">From its first step on.</param>
/// <param name="Bytes">That come from outside.</param>
internal sealed record AgentBudget(int Steps = 40, long Tokens = 200_000, double Minutes = 30, long Bytes = 50_000_000)
{
    /// <summary>A plan, one request for calls, a report, two corrections and the writing of the file: less gives nothing.</summary>
    public const int FewestSteps = 8;
}
