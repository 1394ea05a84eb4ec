using System.Text.Json;
using Qwen35Batch.Pipeline.Agents.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks.Grants;
using Qwen35Batch.Schemas;

namespace Qwen35Batch.Pipeline.Agents.Policy;

/// <summary>
/// Decides in code whether a call may be made, whatever the model was told by whom. What it says is told to the model as the result.
/// </summary>
internal sealed class CallPolicy(AgentSettings settings, OwnSecrets secrets)
{
    private const string Secret = "The arguments hold a secret of this installation; nothing was done.";

    private static readonly string[] Counts = ["count", "max", "rows", "maxResults"];

    /// <param name="tool">The tool; null when this worker has none of that name.</param>
    /// <param name="call">The call.</param>
    /// <param name="before">Calls of this tool that were made before, the refused ones left out.</param>
    /// <param name="bytes">Bytes that came from outside so far.</param>
    /// <param name="seen">The addresses of the question and of results.</param>
    /// <returns>Why it may not be made, as a sentence; null when it may.</returns>
    public string? Refusal(IAgentTool? tool, ModelCall call, int before, long bytes, SeenAddresses seen)
    {
        if (settings.Find(call.Tool) is not { } grant || tool is null) return $"The tool '{Short(call.Tool)}' is not allowed in this task.";
        if (before >= grant.MaxCalls) return $"The tool '{grant.Name}' may be called {grant.MaxCalls} times in this task, and was.";
        if (tool.Effect != ToolEffect.Write && bytes >= settings.Budget.Bytes)
            return $"The budget of {settings.Budget.Bytes:N0} bytes from outside is spent.";
        // A report is put together by the flow, from what was checked: only secrets are looked for.
        if (tool.Effect == ToolEffect.Write && secrets.AreIn(call.Canonical)) return Secret;
        return SchemaProblem(tool, call)
            ?? (tool.Effect == ToolEffect.Write ? null : ArgumentProblem(grant, call.Arguments, "", seen));
    }

    /// <summary>The addresses among the arguments of a call.</summary>
    public static IEnumerable<Uri> Addresses(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Addresses(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Addresses),
        JsonValueKind.String when Uri.TryCreate(value.GetString(), UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https" => [address],
        _ => [],
    };

    private static string? SchemaProblem(IAgentTool tool, ModelCall call) =>
        JsonSchema.Read(tool.Schema).Checked().Validate(call.Arguments) is [var first, ..]
            ? $"The arguments of '{tool.Name}' are wrong: {Short(first.ToString() ?? "")}"
            : null;

    private string? ArgumentProblem(ToolGrant grant, JsonElement value, string name, SeenAddresses seen)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                return value.EnumerateObject()
                    .Select(member => TextProblem(grant, "", member.Name, seen) ?? ArgumentProblem(grant, member.Value, member.Name, seen))
                    .FirstOrDefault(problem => problem is not null);
            case JsonValueKind.Array:
                return value.EnumerateArray()
                    .Select(item => ArgumentProblem(grant, item, name, seen))
                    .FirstOrDefault(problem => problem is not null);
            case JsonValueKind.Number:
                return grant.MaxResults is { } most && Counts.Contains(name, StringComparer.Ordinal) && value.GetDouble() > most
                    ? $"'{name}' may be at most {most} in this task."
                    : null;
            case JsonValueKind.String:
                return TextProblem(grant, name, value.GetString()!, seen);
            default:
                return null;
        }
    }

    private string? TextProblem(ToolGrant grant, string name, string text, SeenAddresses seen)
    {
        if (text.Length > grant.MaxCharacters)
            return $"'{name}' has {text.Length:N0} characters; at most {grant.MaxCharacters:N0} may be sent.";
        if (secrets.AreIn(text)) return Secret;
        if (name == "task" && grant.Tasks.Count > 0 && !grant.Tasks.Contains(text, StringComparer.Ordinal))
            return $"'{name}' may be {string.Join(", ", grant.Tasks.Select(task => $"'{task}'"))} in this task.";
        return IsAddress(name, text) ? AddressProblem(grant, text, seen) : null;
    }

    private static bool IsAddress(string name, string text) =>
        name is "url" or "uri" or "address"
        || (text.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(text.Trim(), UriKind.Absolute, out _));

    private static string? AddressProblem(ToolGrant grant, string text, SeenAddresses seen)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return "That is no http or https address.";
        if (!seen.Contain(address))
            return "That address stood neither in the question nor in a result: only such addresses may be read.";
        return grant.Hosts.Count > 0 && !HostRule.Allows(grant.Hosts, address.Host)
            ? $"The host '{Short(address.Host)}' is none of those that this task may read: {string.Join(", ", grant.Hosts)}."
            : null;
    }

    private static string Short(string text) => text.Length <= 200 ? text : string.Concat(text.AsSpan(0, 200), "…");
}
