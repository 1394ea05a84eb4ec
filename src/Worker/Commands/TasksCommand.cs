using System.CommandLine;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Schemas.Vocabularies;
using Qwen35Batch.Worker.Hosting;
using Spectre.Console;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>tasks</c>: what can be asked of a media item.</summary>
internal static class TasksCommand
{
    public static Command Create()
    {
        var host = new HostArguments();
        var schema = new Option<string?>("--schema") { Description = "Print the JSON Schema of this task instead.", HelpName = "task" };
        var synthesis = new Option<bool>("--synthesis") { Description = "With --schema: that of the synthesis over a job's segments." };
        var command = new Command("tasks", "Lists the tasks with their versions and the media that they read.") { schema, synthesis };
        command.Add(CreateCheck());
        host.AddTo(command);
        command.SetAction(result =>
        {
            using var tools = WorkerComposition.BuildLedgerOnly(host.Read(result));
            var catalog = tools.Services.GetRequiredService<TaskCatalog>();
            if (result.GetValue(schema) is { } name)
            {
                var version = catalog.Resolve(name);
                var task = catalog.List().Single(task => task.Task == version);
                Console.WriteLine((result.GetValue(synthesis) ? task.SynthesisSchema ?? task.Schema : task.Schema).GetRawText());
                return 0;
            }

            var table = new Table().Border(TableBorder.Rounded).AddColumns("task", "version", "reads", "what it gives");
            foreach (var task in catalog.List())
            {
                table.AddRow(
                    Markup.Escape(task.Task.Name),
                    task.Task.Version,
                    task.TakesQuestion ? "a question" : Markup.Escape(string.Join(", ", task.Kinds)),
                    Markup.Escape(task.Description));
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static Command CreateCheck()
    {
        var host = new HostArguments();
        var file = new Argument<FileInfo>("file") { Description = "A task's file, or a JSON Schema alone." };
        var command = new Command("check", "Names all that is wrong with a task's file or a JSON Schema, with JSON pointers.") { file };
        host.AddTo(command);
        command.SetAction(async (result, cancellation) =>
        {
            var checkedFile = result.GetRequiredValue(file);
            if (!checkedFile.Exists)
            {
                await Console.Error.WriteLineAsync(
                    $"There is no file '{checkedFile.FullName}': give the path of a task's file or of a JSON Schema.");
                return 1;
            }

            using var tools = WorkerComposition.BuildLedgerOnly(host.Read(result));
            var content = await File.ReadAllBytesAsync(checkedFile.FullName, cancellation);
            var faults = TaskFileCheck.Find(
                checkedFile.Name,
                content,
                tools.Services.GetServices<SchemaSupport>(),
                tools.Services.GetRequiredService<IVocabularies>(),
                tools.Services.GetServices<KnownTool>());
            foreach (var fault in faults) await Console.Error.WriteLineAsync(fault);
            if (faults.Count == 0) Console.WriteLine($"'{checkedFile.Name}' can be used.");
            return faults.Count == 0 ? 0 : 1;
        });
        return command;
    }
}
