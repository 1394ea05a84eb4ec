using System.Text.Json;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>From nothing to a task of one's own that was tried on a file.</summary>
public sealed class TasksCommandTests
{
    [Fact]
    public async Task A_new_task_is_valid_and_can_be_tried_without_leaving_anything_behind()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("tasks/notes.json");
        string[] data = ["--data", folder.File("data")];

        var made = await WorkerProcess.RunAsync("tasks", "init", file);
        var again = await WorkerProcess.RunAsync("tasks", "init", file);
        var looked = await WorkerProcess.RunAsync(["tasks", "check", file, .. data]);
        var tried = await WorkerProcess.RunAsync(["tasks", "try", file, WorkerProcess.Sample("order.md"), .. data]);

        Assert.True(made.ExitCode == 0, made.Output);
        Assert.Equal((1, $"'{file}' is there already."), (again.ExitCode, again.Output.Trim()));
        Assert.Equal((0, "'notes.json' can be used."), (looked.ExitCode, looked.Output.Trim()));
        Assert.True(tried.ExitCode == 0, tried.Output);
        Assert.Contains("You read a delivery note.", tried.Output, StringComparison.Ordinal);
        Assert.Contains("# ORDER", tried.Output, StringComparison.Ordinal);
        var answer = tried.Output[tried.Output.IndexOf("--- answer: ", StringComparison.Ordinal)..];
        Assert.Matches("^--- answer: [1-9][0-9]* tokens in, [1-9][0-9]* out", answer);
        Assert.True(JsonDocument.Parse(answer[answer.IndexOf('{')..]).RootElement.TryGetProperty("summary", out _));
        Assert.False(Directory.Exists(folder.File("data")));
    }

    [Fact]
    public async Task All_faults_of_a_file_are_named_and_the_tasks_are_listed_for_programs()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            folder.File("bad.json"), """{ "name": "Bad", "kinds": ["picture"], "prompt": "a", "schema": { "type": "object" } }""",
            TestContext.Current.CancellationToken);

        await File.WriteAllTextAsync(
            folder.File("hint.json"), """{ "type": "string", "minlength": 3 }""", TestContext.Current.CancellationToken);

        var bad = await WorkerProcess.RunAsync("tasks", "check", folder.File("bad.json"), "--data", folder.File("data"));
        var several = await WorkerProcess.RunAsync(
            "tasks", "check", folder.File("hint.json"), folder.File("bad.json"), "--data", folder.File("data"));
        var listed = await WorkerProcess.RunAsync("tasks", "--json", "--data", folder.File("data"));
        var names = await WorkerProcess.RunAsync("tasks", "--quiet", "--data", folder.File("data"));

        Assert.Equal(1, bad.ExitCode);
        Assert.Equal(3, bad.Output.TrimEnd().Split('\n').Length);
        Assert.Equal(1, several.ExitCode);
        Assert.Contains("hint: #/minlength: 'minlength' is no keyword", several.Output, StringComparison.Ordinal);
        Assert.Contains("'hint.json' can be used.", several.Output, StringComparison.Ordinal);
        Assert.Contains("'/kinds/0'", several.Output, StringComparison.Ordinal);
        Assert.Equal(
            names.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            JsonDocument.Parse(listed.Output).RootElement.EnumerateArray()
                .Select(task => task.GetProperty("task").GetProperty("name").GetString()));
    }
}
