using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Mcp;

/// <summary>What is known of a server's tool. What the server says of it is not believed.</summary>
public sealed class McpToolOptions
{
    /// <summary>What a call does to the world.</summary>
    public ToolEffect Effect { get; set; } = ToolEffect.External;

    /// <summary>Whether the planner may see its results as they are.</summary>
    public ResultTrust Trust { get; set; } = ResultTrust.Untrusted;

    /// <summary>What the model is told that it does: the server's own words are not.</summary>
    public string? Description { get; set; }
}
