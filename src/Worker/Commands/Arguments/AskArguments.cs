using System.CommandLine;
using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Commands.Arguments;

/// <summary>The option that asks an agent a question, where other tasks are given sources.</summary>
internal sealed class AskArguments
{
    private readonly Option<string[]> _ask = new("--ask")
    {
        Description = "Asks a task of an agent this question; may be repeated. It takes no sources.",
        HelpName = "question",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command) => command.Add(_ask);

    public IReadOnlyList<string> Questions(ParseResult result) => result.GetValue(_ask)!;

    /// <exception cref="CommandException">There are both questions and sources, or neither.</exception>
    public void Require(ParseResult result, IReadOnlyList<string> sources)
    {
        var asks = Questions(result).Count > 0;
        if (asks && sources.Count > 0) throw new CommandException("Give sources, or questions with --ask; not both in one command.");
        if (!asks && sources.Count == 0)
            throw new CommandException("Give files, folders, globs or https URLs; or for a task of an agent, a question with --ask.");
    }
}
