using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Qwen35Batch.Pipeline.Agents.Mcp;

/// <summary>Checks what the configuration says of servers before any is started.</summary>
internal sealed partial class McpOptionsValidator : IValidateOptions<McpOptions>
{
    public ValidateOptionsResult Validate(string? name, McpOptions options)
    {
        var problems = options.Mcp.SelectMany(server => Problems(server.Key, server.Value)).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(string name, McpServerOptions server)
    {
        var key = $"{McpOptions.Section}:Mcp:{name}";
        if (!Name().IsMatch(name)) yield return $"{key}: a server's name has 1 to 20 of a-z and 0-9.";
        if ((server.Command is { Length: > 0 }) == (server.Url is not null))
            yield return $"{key} takes either Command, the program of the server, or Url, its address.";
        if (server.Url is { } url && !(url.IsAbsoluteUri && url.Scheme is "http" or "https"))
            yield return $"{key}:Url must be an absolute http or https address.";
        if (server.Timeout < TimeSpan.FromSeconds(1) || server.Timeout > TimeSpan.FromHours(1))
            yield return $"{key}:Timeout takes a value from 00:00:01 to 01:00:00.";
        if (server.MaxMessageBytes is < 10_000 or > 100_000_000)
            yield return $"{key}:MaxMessageBytes takes a value from 10000 to 100000000.";
        foreach (var tool in server.Tools.Keys.Where(tool => !Tool().IsMatch(tool)))
            yield return $"{key}:Tools:{tool}: a tool's name has 1 to 40 letters, digits, '_', '-' and '.'.";
    }

    [GeneratedRegex("^[a-z0-9]{1,20}$")]
    private static partial Regex Name();

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,40}$")]
    private static partial Regex Tool();
}
