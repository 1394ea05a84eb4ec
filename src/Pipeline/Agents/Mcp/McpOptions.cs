namespace Qwen35Batch.Pipeline.Agents.Mcp;

/// <summary>Servers of the Model Context Protocol: part of the section <c>Agent</c>.</summary>
public sealed class McpOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Agent";

    /// <summary>
    /// The servers, by a name of a-z and 0-9. A tool of theirs is called by both names, such as <c>files_read</c>, and there are only those
    /// that are named here. Each has <c>Command</c> with <c>Arguments</c>, <c>Folder</c> and <c>Environment</c>, or <c>Url</c> with
    /// <c>ApiKey</c>; <c>Timeout</c> (<c>00:01:00</c>) and <c>MaxMessageBytes</c> (4000000); and <c>Tools</c>, each of them with
    /// <c>Effect</c> (<c>External</c>, <c>Read</c>, <c>Write</c>), <c>Trust</c> (<c>Untrusted</c>, <c>Trusted</c>) and <c>Description</c>.
    /// </summary>
    public IDictionary<string, McpServerOptions> Mcp { get; } = new Dictionary<string, McpServerOptions>(StringComparer.Ordinal);
}
