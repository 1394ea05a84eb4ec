using System.CommandLine;
using Qwen35Batch.Worker.Reports;

namespace Qwen35Batch.Worker.Commands.Arguments;

/// <summary>The options of commands whose output a program may read.</summary>
/// <param name="json">What <c>--json</c> writes.</param>
/// <param name="quiet">What <c>--quiet</c> leaves.</param>
internal sealed class OutputArguments(string json, string quiet)
{
    private readonly Option<bool> _json = new("--json") { Description = json };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = quiet };

    public void AddTo(Command command)
    {
        command.Add(_json);
        command.Add(_quiet);
    }

    public CommandOutput Read(ParseResult result) => Plain(result) with
    {
        IsJson = result.GetValue(_json),
        IsQuiet = result.GetValue(_quiet),
    };

    /// <summary>The streams of a command that has no such options.</summary>
    public static CommandOutput Plain(ParseResult result) =>
        new(result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
}
