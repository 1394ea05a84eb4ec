using System.Text.Json;
using Qwen35Batch.Pipeline.Tasks.Grants;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>Reads what the task file of an agent has beside name, description, prompt and sampling.</summary>
internal static class AgentTaskFile
{
    public const string Kind = "agent";

    public static readonly TaskBounds Calls = new(1, 1_000);
    public static readonly TaskBounds Results = new(1, 10_000);
    public static readonly TaskBounds Characters = new(1, 100_000);
    public static readonly TaskBounds Steps = new(AgentBudget.FewestSteps, 1_000);
    public static readonly TaskBounds Amount = new(1_000, int.MaxValue);
    public static readonly TaskBounds Minutes = new(0.1, 10_080);

    private static readonly string[] Members =
        ["$schema", "name", "kind", "description", "prompt", "tools", "trust", "budget", "output", "sampling"];

    private static readonly string[] GrantMembers =
    [
        "allow", "maxCalls", "maxResults", "maxRows", "maxCharacters", "urls", "hosts", "tasks", "approval", "inDoubt", "required"
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
        if (root.Optional("output") is { } output) CheckOutput(output);
        var budget = root.Optional("budget") is { } limits ? Budget(limits) : new();
        return new(root.Required("tools") is { } tools ? Grants(tools, known) : [], budget)
        {
            Trust = root.Optional("trust") is { } trust ? Hosts(trust) : null,
        };
    }

    private static List<ToolGrant> Grants(TaskFileNode tools, IReadOnlyList<KnownTool> known)
    {
        if (tools.Element.ValueKind != JsonValueKind.Object)
        {
            tools.Complain("an object is needed, with a member for each tool.");
            return [];
        }

        var before = tools.Faults.Count;
        var grants = tools.Element.EnumerateObject()
            .Select(member => Grant(member.Name, tools.Optional(member.Name)!.Value, known))
            .OfType<ToolGrant>()
            .OrderBy(grant => grant.Name, StringComparer.Ordinal)
            .ToList();
        if (grants.Count == 0 && tools.Faults.Count == before)
            tools.Complain("no tool is allowed; an agent without tools can only make things up.");
        return grants;
    }

    private static ToolGrant? Grant(string name, TaskFileNode read, IReadOnlyList<KnownTool> known)
    {
        if (known.All(tool => tool.Name != name))
        {
            read.Complain(
                $"there is no tool '{name}'; there are {string.Join(", ", known.Select(tool => $"'{tool.Name}'"))}. "
                + "A tool of an MCP server is named in Agent:Mcp first.");
            return null;
        }

        var node = read.Object(GrantMembers);
        if (node.Optional("allow")?.Flag() == false) return null;
        var grant = new ToolGrant(name);
        return grant with
        {
            MaxCalls = node.Optional("maxCalls")?.Integer(Calls) ?? grant.MaxCalls,
            MaxResults = (node.Optional("maxResults") ?? node.Optional("maxRows"))?.Integer(Results),
            MaxCharacters = node.Optional("maxCharacters")?.Integer(Characters) ?? grant.MaxCharacters,
            Hosts = UrlRule(node),
            Tasks = Texts(node.Optional("tasks")),
            NeedsApproval = node.Optional("approval") is { } approval && Approval(approval),
            InDoubt = node.Optional("inDoubt") is { } doubt ? Doubt(doubt) : grant.InDoubt,
            IsRequired = node.Optional("required")?.Flag() ?? grant.IsRequired,
        };
    }

    private static IReadOnlyList<string> UrlRule(TaskFileNode node)
    {
        if (node.Optional("urls") is { } urls && urls.Text() is { } rule && rule != "seen")
            urls.Complain($"'{rule}' is no rule; 'seen' is the only one: addresses of the question or of results.");
        return node.Optional("hosts") is { } hosts ? Hosts(hosts) : [];
    }

    private static IReadOnlyList<string> Hosts(TaskFileNode hosts)
    {
        foreach (var host in hosts.Items(1))
        {
            if (host.Text() is not { } text) continue;
            var name = text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text;
            if (Uri.CheckHostName(name) == UriHostNameType.Unknown)
                host.Complain($"'{text}' is no host; 'arxiv.org' is one, and '*.ac.jp' for all below it.");
        }

        return hosts.IsArray ? [.. hosts.Element.EnumerateArray().Select(host => host.ToString()).Distinct(StringComparer.Ordinal)] : [];
    }

    private static IReadOnlyList<string> Texts(TaskFileNode? node) =>
        node is { } list ? [.. list.Items(1).Select(item => item.Text()).OfType<string>().Distinct(StringComparer.Ordinal)] : [];

    private static bool Approval(TaskFileNode node)
    {
        var text = node.Text();
        if (text is not (null or "none" or "required"))
            node.Complain($"'{text}' is no kind of approval; 'none' and 'required' are.");
        return text == "required";
    }

    private static DoubtRule Doubt(TaskFileNode node)
    {
        var text = node.Text();
        if (text is not (null or "skip" or "ask" or "repeat"))
        {
            node.Complain(
                $"'{text}' is no rule for calls that may have happened; 'skip' (not repeated), 'ask' (a person decides) and 'repeat' are.");
        }

        return text switch { "ask" => DoubtRule.Ask, "repeat" => DoubtRule.Repeat, _ => DoubtRule.Skip };
    }

    private static AgentBudget Budget(TaskFileNode read)
    {
        var node = read.Object("steps", "tokens", "minutes", "bytes");
        var defaults = new AgentBudget();
        return new(
            node.Optional("steps")?.Integer(Steps) ?? defaults.Steps,
            node.Optional("tokens")?.Integer(Amount) ?? defaults.Tokens,
            node.Optional("minutes")?.Number(Minutes) ?? defaults.Minutes,
            node.Optional("bytes")?.Integer(Amount) ?? defaults.Bytes);
    }

    private static void CheckOutput(TaskFileNode read)
    {
        var node = read.Object("title", "sections");
        if (node.Optional("title") is { } title && title.Text() is { } form && form != "string")
            title.Complain("a title is a text: 'string' is needed.");
        if (node.Optional("sections") is { } sections && sections.Text() is { } kind && kind != "cited")
            sections.Complain("sections rest on notes: 'cited' is needed.");
    }
}
