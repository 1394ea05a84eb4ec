using System.CommandLine;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Run;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>tasks try</c>: asks a task's questions about one file, shows them with their answers, and stores nothing.</summary>
internal static class TaskTrial
{
    private static readonly JsonDocumentOptions Reading = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static Command Create()
    {
        var task = new Argument<string>("task") { Description = "A task's name, or its file (…/my-task.json)." };
        var media = new Argument<FileInfo>("file") { Description = "The media." };
        var language = new Option<string?>("--language")
        {
            Description = "The language of the answers, such as en or ja.",
            HelpName = "tag"
        };
        var host = new HostArguments();
        var command = new Command("try", "Shows the prompts of a task for one file, their tokens and the model's answers; stores nothing.")
        {
            task,
            media,
            language,
        };
        host.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var file = result.GetRequiredValue(media);
            if (!file.Exists) throw new CommandException($"There is no file '{file.FullName}'.");
            var folder = Directory.CreateTempSubdirectory("qwen35batch-try-");
            try
            {
                var asked = result.GetRequiredValue(task);
                var own = asked.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? Copy(asked, folder) : null;
                var request = new RunRequest(
                    [file.FullName], own ?? asked, new JobOptions { Language = result.GetValue(language) }, Priority: 0, Again: false,
                    Output: null);
                // On the error stream only what failed: the answers are the output.
                var output = OutputArguments.Plain(result);
                return await EmbeddedBatch.RunAsync(
                    Aside(host.Read(result), folder, hasOwnTask: own is not null),
                    [request],
                    output with { IsQuiet = true },
                    timeline: null,
                    (_, run) => run.FinishAsync(request, CancellationToken.None),
                    cancellationToken,
                    services => services.DecorateChatClient((_, model) => new AskedQuestions(model, output.Out)));
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        });
        return command;
    }

    /// <summary>Puts a task's file into a folder of its own, and tells the task's name.</summary>
    private static string Copy(string file, DirectoryInfo folder)
    {
        if (!File.Exists(file)) throw new CommandException($"There is no file '{Path.GetFullPath(file)}'.");
        var content = File.ReadAllBytes(file);
        string? name;
        try
        {
            using var document = JsonDocument.Parse(content, Reading);
            name = document.RootElement.GetProperty("name").GetString();
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CommandException($"'{file}' is no task's file: 'qwen35batch tasks check {file}' names what is wrong.");
        }

        Directory.CreateDirectory(Tasks(folder));
        File.WriteAllBytes(Path.Combine(Tasks(folder), Path.GetFileName(file)), content);
        return name ?? "";
    }

    /// <summary>The same settings with a ledger and a media store aside, but the models that are there.</summary>
    private static WorkerSettings Aside(WorkerSettings settings, DirectoryInfo folder, bool hasOwnTask)
    {
        using var configuration = new ConfigurationManager();
        ConfigurationSources.AddAll(configuration, settings);
        var overrides = new Dictionary<string, string?>(settings.Overrides, StringComparer.OrdinalIgnoreCase)
        {
            ["Engine:CacheFolder"] = configuration["Engine:CacheFolder"],
            ["Acquire:DataFolder"] = folder.FullName,
            ["Ledger:Provider"] = "Sqlite",
            ["Ledger:ConnectionString"] = $"Data Source={Path.Combine(folder.FullName, ConfigurationSources.LedgerFile)}",
        };
        if (hasOwnTask) overrides["Tasks:Folder"] = Tasks(folder);
        return settings with { DataFolder = folder.FullName, Overrides = overrides };
    }

    private static string Tasks(DirectoryInfo folder) => Path.Combine(folder.FullName, "tasks");
}
