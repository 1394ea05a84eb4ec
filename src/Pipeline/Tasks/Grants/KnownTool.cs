namespace Qwen35Batch.Pipeline.Tasks.Grants;

/// <summary>A tool that this program has, whether or not it is set up: the names that a task file of an agent may write.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Missing">What to set so that it can be called; null when it needs nothing.</param>
public sealed record KnownTool(string Name, string? Missing = null)
{
    /// <summary>Those that need no server of the configuration.</summary>
    public static IReadOnlyList<KnownTool> BuiltIn { get; } =
    [
        new("web_search", "Set Agent:SearchUrl to the address of a SearXNG server."),
        new("arxiv_search"),
        new("read_page"),
        new("insights"),
        new("look"),
        new("write_report"),
    ];
}
