using System.CommandLine;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Worker.Commands.Arguments;

/// <summary>The options that say what is to be done with a source.</summary>
internal sealed class JobArguments
{
    private readonly Option<string> _task = new("--task")
    {
        Description = "A task's name, or auto to choose by the kind of media; 'qwen35batch tasks' lists them.",
        HelpName = "task",
        DefaultValueFactory = _ => TaskCatalog.Auto
    };
    private readonly Option<string?> _language = new("--language")
    {
        Description = "The language of the answers, such as en or ja.",
        HelpName = "tag"
    };
    private readonly Option<double?> _fps = new("--fps") { Description = "Frames per second taken from videos.", HelpName = "number" };
    private readonly Option<int?> _maxPages = new("--max-pages")
    {
        Description = "The largest number of pages read from a document.",
        HelpName = "number"
    };
    private readonly Option<int?> _maxTokens = new("--max-tokens")
    {
        Description = "The largest number of tokens generated for one segment.",
        HelpName = "number"
    };
    private readonly Option<int> _priority = new("--priority")
    {
        Description = "Higher runs first; from -100 to 100.",
        HelpName = "number"
    };

    private readonly Option<string?> _goal = new("--goal")
    {
        Description = "What is to be reached, for tasks that ask for it, such as 'screen'.",
        HelpName = "text"
    };

    private readonly Option<bool> _again = new("--again") { Description = "Does anew what has ended already; both answers are kept." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_task, _language, _fps, _maxPages, _maxTokens, _goal, _priority, _again]) command.Add(option);
    }

    public string Task(ParseResult result) => result.GetValue(_task)!;

    public int Priority(ParseResult result) => result.GetValue(_priority);

    public bool Again(ParseResult result) => result.GetValue(_again);

    public JobOptions Options(ParseResult result) => new()
    {
        Language = result.GetValue(_language),
        FramesPerSecond = result.GetValue(_fps),
        MaxPages = result.GetValue(_maxPages),
        MaxOutputTokens = result.GetValue(_maxTokens),
        Goal = result.GetValue(_goal),
    };
}
