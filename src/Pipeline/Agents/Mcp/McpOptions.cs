namespace Qwen35Batch.Pipeline.Agents.Mcp;

/// <summary>Servers of the Model Context Protocol: part of the section <c>Agent</c>.</summary>
public sealed class McpOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Agent";

    /// <summary>
    /// The servers, by a name of a-z and 0-9. A tool of theirs is called by both names, such as <c>files_read</c>, and there are only those
    /// that are named here.
    /// </summary>
    public IDictionary<string, McpServerOptions> Mcp { get; } = new Dictionary<string, McpServerOptions>(StringComparer.Ordinal);
}
