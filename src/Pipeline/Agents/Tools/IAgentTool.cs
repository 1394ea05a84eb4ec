using System.Text.Json;

namespace Qwen35Batch.Pipeline.Agents.Tools;

/// <summary>A tool that an agent task may allow.</summary>
public interface IAgentTool
{
    /// <summary>Its name, as task files and the model write it.</summary>
    string Name { get; }

    /// <summary>What it does, for the model.</summary>
    string Description { get; }

    /// <summary>The JSON Schema of its arguments.</summary>
    JsonElement Schema { get; }

    /// <summary>Set by us or by configuration, never by a server.</summary>
    ToolEffect Effect { get; }

    /// <summary>Set by us or by configuration, never by a server.</summary>
    ResultTrust Trust { get; }

    /// <summary>Whether its results are of this installation's own jobs: codes in them are the user's, and are not withheld.</summary>
    bool HasOwnData => false;

    /// <summary>Does what it does, once. Throws what happened when it could not.</summary>
    /// <param name="arguments">Valid against <see cref="Schema"/>.</param>
    /// <param name="context">The call.</param>
    Task<ToolResult> CallAsync(JsonElement arguments, ToolCallContext context);
}
