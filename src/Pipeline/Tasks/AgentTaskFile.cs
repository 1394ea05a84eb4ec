using System.Text.Json;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>Reads what the task file of an agent has beside name, description, prompt and sampling.</summary>
internal static class AgentTaskFile
{
    public const string Kind = "agent";

    private static readonly string[] Members =
        ["name", "kind", "description", "prompt", "tools", "budget", "output", "sampling"];

    private static readonly string[] GrantMembers =
    [
        "allow", "maxCalls", "maxResults", "maxRows", "maxCharacters", "urls", "hosts", "tasks", "approval", "required"
    ];

    public static bool Is(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty("kind", out var kind)
        && kind.ValueKind == JsonValueKind.String
        && kind.ValueEquals(Kind);

    /// <param name="root">The file.</param>
    /// <param name="known">The tools that this program has.</param>
    public static AgentSettings Read(TaskFileNode root, IReadOnlyList<KnownTool> known)
    {
        root.Object(Members);
        if (root.Optional("output") is { } output) RequireOutput(output);
        var tools = root.Required("tools");
        if (tools.Element.ValueKind != JsonValueKind.Object) throw tools.Problem("an object is needed, with a member for each tool.");
        var grants = tools.Element.EnumerateObject()
            .Select(member => (member.Name, Node: tools.Required(member.Name)))
            .Select(tool => Grant(tool.Name, tool.Node, known))
            .OfType<ToolGrant>()
            .OrderBy(grant => grant.Name, StringComparer.Ordinal)
            .ToList();
        if (grants.Count == 0) throw tools.Problem("no tool is allowed; an agent without tools can only make things up.");
        return new(grants, root.Optional("budget") is { } budget ? Budget(budget) : new());
    }

    private static ToolGrant? Grant(string name, TaskFileNode node, IReadOnlyList<KnownTool> known)
    {
        if (known.All(tool => tool.Name != name))
        {
            throw node.Problem(
                $"there is no tool '{name}'; there are {string.Join(", ", known.Select(tool => $"'{tool.Name}'"))}. "
                + "A tool of an MCP server is named in Agent:Mcp first.");
        }

        node.Object(GrantMembers);
        if (node.Optional("allow")?.Flag() == false) return null;
        var grant = new ToolGrant(name);
        return grant with
        {
            MaxCalls = node.Optional("maxCalls")?.Integer(1, 1_000) ?? grant.MaxCalls,
            MaxResults = (node.Optional("maxResults") ?? node.Optional("maxRows"))?.Integer(1, 10_000),
            MaxCharacters = node.Optional("maxCharacters")?.Integer(1, 100_000) ?? grant.MaxCharacters,
            Hosts = UrlRule(node),
            Tasks = Texts(node.Optional("tasks")),
            NeedsApproval = node.Optional("approval") is { } approval && Approval(approval),
            IsRequired = node.Optional("required")?.Flag() ?? grant.IsRequired,
        };
    }

    private static IReadOnlyList<string> UrlRule(TaskFileNode node)
    {
        if (node.Optional("urls") is { } urls && urls.Text() != "seen")
            throw urls.Problem($"'{urls.Text()}' is no rule; 'seen' is the only one: addresses of the question or of results.");
        if (node.Optional("hosts") is not { } hosts) return [];
        foreach (var host in hosts.Items(1))
        {
            var name = host.Text().StartsWith("*.", StringComparison.Ordinal) ? host.Text()[2..] : host.Text();
            if (Uri.CheckHostName(name) == UriHostNameType.Unknown)
                throw host.Problem($"'{host.Text()}' is no host; 'arxiv.org' is one, and '*.ac.jp' for all below it.");
        }

        return Texts(hosts);
    }

    private static IReadOnlyList<string> Texts(TaskFileNode? node) =>
        node is { } list ? [.. list.Items(1).Select(item => item.Text()).Distinct(StringComparer.Ordinal)] : [];

    private static bool Approval(TaskFileNode node) => node.Text() switch
    {
        "none" => false,
        "required" => true,
        var other => throw node.Problem($"'{other}' is no kind of approval; 'none' and 'required' are."),
    };

    private static AgentBudget Budget(TaskFileNode node)
    {
        node.Object("steps", "tokens", "minutes", "bytes");
        var defaults = new AgentBudget();
        return new(
            node.Optional("steps")?.Integer(AgentBudget.FewestSteps, 1_000) ?? defaults.Steps,
            node.Optional("tokens")?.Integer(1_000, int.MaxValue) ?? defaults.Tokens,
            node.Optional("minutes")?.Number(0.1, 10_080) ?? defaults.Minutes,
            node.Optional("bytes")?.Integer(1_000, int.MaxValue) ?? defaults.Bytes);
    }

    private static void RequireOutput(TaskFileNode output)
    {
        output.Object("title", "sections");
        if (output.Optional("title") is { } title && title.Text() != "string")
            throw title.Problem("a title is a text: 'string' is needed.");
        if (output.Optional("sections") is { } sections && sections.Text() != "cited")
            throw sections.Problem("sections rest on notes: 'cited' is needed.");
    }
}
