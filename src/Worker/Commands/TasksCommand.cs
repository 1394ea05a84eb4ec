using System.CommandLine;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tasks.Checks;
using Qwen35Batch.Pipeline.Tasks.Grants;
using Qwen35Batch.Schemas.Vocabularies;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Reports;
using Spectre.Console;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>tasks</c>: what can be asked of a media item.</summary>
internal static class TasksCommand
{
    private const string AgentKind = "agent";

    public static Command Create()
    {
        var arguments = new OutputArguments("One JSON array, with the schemas.", "Only the names, one a line.");
        var host = new HostArguments();
        var schema = new Option<string?>("--schema") { Description = "Print the JSON Schema of this task instead.", HelpName = "task" };
        var synthesis = new Option<bool>("--synthesis") { Description = "With --schema: that of the synthesis over a job's segments." };
        var command = new Command("tasks", "Lists the tasks with their versions and the media that they read.") { schema, synthesis };
        command.Add(CreateCheck());
        command.Add(CreateInit());
        command.Add(TaskTrial.Create());
        command.Add(CreateSchema());
        arguments.AddTo(command);
        host.AddTo(command);
        command.SetAction(result =>
        {
            using var tools = WorkerComposition.BuildLedgerOnly(host.Read(result));
            var catalog = tools.Services.GetRequiredService<TaskCatalog>();
            var output = arguments.Read(result);
            if (result.GetValue(schema) is { } name)
            {
                var version = catalog.Resolve(name);
                var task = catalog.List().Single(task => task.Task == version);
                output.Out.WriteLine((result.GetValue(synthesis) ? task.SynthesisSchema ?? task.Schema : task.Schema).GetRawText());
            }
            else if (output.IsJson)
            {
                output.WriteJson(catalog.List());
            }
            else if (output.IsQuiet)
            {
                foreach (var task in catalog.List()) output.Out.WriteLine(task.Task.Name);
            }
            else
            {
                Show(output, catalog.List());
            }

            return 0;
        });
        return command;
    }

    private static void Show(CommandOutput output, IReadOnlyList<TaskSummary> tasks)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("task", "reads", "what it gives");
        foreach (var task in tasks)
        {
            table.AddRow(
                [
                    .. new[] { task.Task.Name, Reads(task), task.Description }
                        .Select(text => new Text(Printable.Text(text)))
                ]);
        }

        output.Console.Write(table);
        output.Out.WriteLine($"Versions: {string.Join(", ", tasks.Select(task => $"{task.Task.Name} {task.Task.Version}"))}.");
    }

    private static string Reads(TaskSummary task) =>
        task.TakesQuestion ? "a question" : string.Join(", ", task.Kinds.Select(Spelling.Of));

    private static Command CreateInit()
    {
        var file = new Argument<FileInfo>("file") { Description = "The file to write, such as tasks/delivery-notes.json." };
        var kind = new Option<string>("--kind")
        {
            Description = "media, or agent for a task that answers questions.",
            DefaultValueFactory = _ => "media",
        };
        kind.AcceptOnlyFromAmong("media", AgentKind);
        var command = new Command("init", "Writes a task's file to begin with: complete, valid and commented.") { file, kind };
        command.SetAction(result =>
        {
            var target = result.GetRequiredValue(file);
            var name = Path.GetFileNameWithoutExtension(target.Name).ToLowerInvariant();
            if (!target.Extension.Equals(".json", StringComparison.OrdinalIgnoreCase))
                throw new CommandException($"'{target.Name}' does not end with .json: only such files of Tasks:Folder are tasks.");
            if (target.Exists) throw new CommandException($"'{target.FullName}' is there already.");
            var isAgent = result.GetValue(kind) == AgentKind;
            var content = isAgent ? TaskTemplate.WriteAgent(name) : TaskTemplate.Write(name);
            if (TaskFileCheck.Find(target.Name, Encoding.UTF8.GetBytes(content), [], tools: KnownTool.BuiltIn) is { Count: > 0 } faults)
                throw new CommandException(string.Join(Environment.NewLine, faults));
            target.Directory?.Create();
            File.WriteAllText(target.FullName, content);
            OutputArguments.Plain(result).Out.WriteLine(
                $"{target.FullName} is written. Change it, look at it with 'tasks check' and "
                    + (isAgent ? $"'run --task {name} --ask \"…\" --dry-run'" : "'tasks try'")
                    + ", and name its folder in Tasks:Folder.");
            return 0;
        });
        return command;
    }

    private static Command CreateSchema()
    {
        var command = new Command("schema", "Prints the JSON Schema of task files, for editors.");
        command.SetAction(result => OutputArguments.Plain(result).Out.Write(TaskFileSchema.Write()));
        return command;
    }

    private static Command CreateCheck()
    {
        var host = new HostArguments();
        var files = new Argument<FileInfo[]>("files")
        {
            Description = "Tasks' files, or JSON Schemas alone.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("check", "Names all that is wrong with tasks' files or JSON Schemas, with JSON pointers.") { files };
        host.AddTo(command);
        command.SetAction(async (result, cancellation) =>
        {
            using var tools = WorkerComposition.BuildLedgerOnly(host.Read(result));
            var output = OutputArguments.Plain(result);
            var all = result.GetRequiredValue(files);
            var isUsable = true;
            foreach (var file in all)
            {
                if (all.Length > 1) await output.Error.WriteLineAsync($"{file.Name}:");
                isUsable &= await CheckAsync(file, tools.Services, output, cancellation);
            }

            return isUsable ? 0 : 1;
        });
        return command;
    }

    /// <returns>Whether the file can be used.</returns>
    private static async Task<bool> CheckAsync(
        FileInfo file, IServiceProvider services, CommandOutput output, CancellationToken cancellation)
    {
        if (!file.Exists)
        {
            await output.Error.WriteLineAsync(
                $"There is no file '{file.FullName}': give the path of a task's file or of a JSON Schema.");
            return false;
        }

        var content = await File.ReadAllBytesAsync(file.FullName, cancellation);
        var vocabularies = services.GetRequiredService<IVocabularies>();
        var faults = TaskFileCheck.Find(
            file.Name, content, services.GetServices<SchemaSupport>(), vocabularies, services.GetServices<KnownTool>());
        foreach (var fault in faults) await output.Error.WriteLineAsync(fault);
        foreach (var hint in TaskFileCheck.FindHints(content, vocabularies)) await output.Error.WriteLineAsync($"hint: {hint}");
        if (faults.Count == 0) output.Out.WriteLine($"'{file.Name}' can be used.");
        return faults.Count == 0;
    }
}
