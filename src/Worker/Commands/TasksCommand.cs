using System.CommandLine;
using Qwen35Batch.Pipeline.Tasks;
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
                table.AddRow(Markup.Escape(task.Task.Name), task.Task.Version, Markup.Escape(string.Join(", ", task.Kinds)), Markup.Escape(task.Description));
            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }
}
