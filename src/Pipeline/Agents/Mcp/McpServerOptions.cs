namespace Qwen35Batch.Pipeline.Agents.Mcp;

/// <summary>A server of the Model Context Protocol.</summary>
public sealed class McpServerOptions
{
    /// <summary>The program of a server that talks over its standard input and output; it ends with the worker.</summary>
    public string? Command { get; set; }

    /// <summary>The program's arguments.</summary>
    public IList<string> Arguments { get; } = [];

    /// <summary>The folder that the program runs in.</summary>
    public string? Folder { get; set; }

    /// <summary>The program's environment, beside what every program needs; it gets nothing else of the worker's.</summary>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The address of a server that talks over HTTP, in place of <see cref="Command"/>.</summary>
    public Uri? Url { get; set; }

    /// <summary>Sent to <see cref="Url"/> as a bearer token.</summary>
    public string? ApiKey { get; set; }

    /// <summary>How long a call may take, and the start of the server.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The largest message that is read, in bytes.</summary>
    public int MaxMessageBytes { get; set; } = 4_000_000;

    /// <summary>The tools that may be used, by the server's own names; there are no others.</summary>
    public IDictionary<string, McpToolOptions> Tools { get; } = new Dictionary<string, McpToolOptions>(StringComparer.Ordinal);
}
