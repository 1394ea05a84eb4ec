namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>What one job of an agent may spend, all attempts together.</summary>
/// <param name="Steps">Requests to the model and calls of tools.</param>
/// <param name="Tokens">Of prompts and answers.</param>
/// <param name="Minutes">From its first step on.</param>
/// <param name="Bytes">That come from outside.</param>
internal sealed record AgentBudget(int Steps = 40, long Tokens = 200_000, double Minutes = 30, long Bytes = 50_000_000)
{
    /// <summary>A plan, one request for calls, a report, two corrections and the writing of the file: less gives nothing.</summary>
    public const int FewestSteps = 8;
}
