namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>What makes a task an agent's: its tools and what it may spend.</summary>
/// <param name="Tools">The tools that it may call, by name; never empty.</param>
/// <param name="Budget">What a job may spend.</param>
internal sealed record AgentSettings(IReadOnlyList<ToolGrant> Tools, AgentBudget Budget)
{
    public ToolGrant? Find(string tool) => Tools.FirstOrDefault(grant => grant.Name == tool);
}
