using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Pipeline.Tests.Acquire;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Tests.Extract;

public sealed class ToolCheckTests
{
    private static readonly string[] Tools =
        ["ffmpeg", "ffprobe", "pdftoppm", "pdftotext", "pdfinfo", "pdfimages", "pdfdetach", "pdffonts"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tool_that_told_its_version_is_asked_again_when_its_file_is_another_or_a_while_later()
    {
        using var folder = new TemporaryFolder();
        using var rig = new MediaRig(tools: options => options.ToolFolder = folder.Root);
        var time = new FakeTimeProvider();
        var check = new ToolCheck(rig.Get<ToolRunner>(), rig.Get<IOptions<ToolOptions>>(), time);
        foreach (var tool in Tools) Write(folder, tool, $"echo {tool} version 6.1");

        var first = await check.CheckAsync(Token);
        var atFirst = Runs(rig);
        var second = await check.CheckAsync(Token);
        var atSecond = Runs(rig);
        Write(folder, "ffmpeg", "echo ffmpeg version 4.4.1");
        var replaced = await check.CheckAsync(Token);
        var atReplaced = Runs(rig);
        time.Advance(TimeSpan.FromHours(1));
        await check.CheckAsync(Token);

        Assert.All(first, status => Assert.Null(status.Problem));
        Assert.Equal(first, second);
        Assert.Equal((Tools.Length, Tools.Length), (atFirst, atSecond));
        Assert.Contains("4.4", replaced.Single(status => status.Tool == "ffmpeg").Problem, StringComparison.Ordinal);
        Assert.Equal(Tools.Length + 1, atReplaced);
        Assert.Equal(atReplaced + Tools.Length, Runs(rig));
    }

    [Fact]
    public async Task A_tool_with_a_problem_is_asked_each_time_and_one_that_goes_is_missed_at_once()
    {
        using var folder = new TemporaryFolder();
        using var rig = new MediaRig(tools: options => options.ToolFolder = folder.Root);
        var check = rig.Get<ToolCheck>();
        foreach (var tool in Tools) Write(folder, tool, $"echo {tool} version 6.1");
        Write(folder, "pdfinfo", "exit 1");

        await check.CheckAsync(Token);
        var before = Runs(rig);
        File.Delete(folder["ffprobe"]);
        var statuses = await check.CheckAsync(Token);

        Assert.Equal(before + 1, Runs(rig));
        Assert.Contains("does not run", statuses.Single(status => status.Tool == "pdfinfo").Problem, StringComparison.Ordinal);
        Assert.Contains("install", statuses.Single(status => status.Tool == "ffprobe").Problem, StringComparison.Ordinal);
    }

    private static int Runs(MediaRig rig) => Tools.Sum(tool => rig.Started.Of(tool).Count);

    private static void Write(TemporaryFolder folder, string tool, string script)
    {
        var path = folder.Write(tool, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
