using System.Diagnostics;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tests.Acquire;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Tests.Extract;

public sealed class ToolRunnerTests
{
    private static ToolRequest Ffmpeg(params string[] arguments) => new()
    {
        Tool = "ffmpeg",
        Arguments = ["-nostdin", "-hide_banner", "-loglevel", "error", .. arguments],
        Deadline = TimeSpan.FromSeconds(30),
        Subject = "The clip",
    };

    [Fact]
    public async Task A_tool_that_is_busy_for_too_long_is_tried_again_before_it_is_a_verdict()
    {
        using var rig = new MediaRig();
        var mark = $"comment={Guid.NewGuid():N}";
        Task<ToolResult> Run() => rig.Get<ToolRunner>().RunAsync(
            Ffmpeg("-f", "lavfi", "-i", "testsrc2=s=640x480", "-metadata", mark, "-f", "null", "-") with
            {
                Deadline = TimeSpan.FromMilliseconds(300),
            },
            TestContext.Current.CancellationToken);

        var first = await Assert.ThrowsAsync<ResourceUnavailableException>(Run);
        var second = await Assert.ThrowsAsync<MediaRejectedException>(Run);

        Assert.True(first.CountsAsAttempt);
        Assert.Equal(RejectionReason.TimedOut, second.Reason);
        Assert.Contains("The clip", second.Message, StringComparison.Ordinal);
        Assert.Empty(Processes.Mentioning(mark));
    }

    [Fact]
    public async Task A_tool_that_gets_no_processor_time_is_ended_without_a_verdict()
    {
        using var rig = new MediaRig();
        var mark = $"comment={Guid.NewGuid():N}";
        Task<ToolResult> Run() => rig.Get<ToolRunner>().RunAsync(
            Ffmpeg("-re", "-f", "lavfi", "-i", "anullsrc", "-metadata", mark, "-f", "null", "-") with
            {
                Deadline = TimeSpan.FromMilliseconds(300)
            },
            TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ResourceUnavailableException>(Run);
        var again = await Assert.ThrowsAsync<ResourceUnavailableException>(Run);

        Assert.Contains("processor time", again.Message, StringComparison.Ordinal);
        Assert.Empty(Processes.Mentioning(mark));
    }

    [Fact]
    public async Task A_tool_that_needs_too_much_memory_fails_alone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux limits a tool's memory.");
        using var rig = new MediaRig(tools: options => options.ToolMemoryBytes = 512L << 20);

        var exception = await Assert.ThrowsAsync<MediaRejectedException>(() => rig.Get<ToolRunner>().RunAsync(
            Ffmpeg("-f", "lavfi", "-i", "color=s=100x100:d=1", "-vf", "scale=16000:16000", "-frames:v", "1", "-f", "null", "-"),
            TestContext.Current.CancellationToken));

        Assert.Equal(RejectionReason.TooLarge, exception.Reason);
        Assert.Contains("Extract:ToolMemoryBytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_writes_no_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux limits a tool's files.");
        using var rig = new MediaRig();

        await rig.Get<ToolRunner>().RunAsync(
            Ffmpeg("-f", "lavfi", "-i", "sine=d=1", rig.Folder["out.wav"]), TestContext.Current.CancellationToken);

        Assert.True(!File.Exists(rig.Folder["out.wav"]) || new FileInfo(rig.Folder["out.wav"]).Length == 0);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_tool_dies_with_the_process_that_started_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && ToolFolder.Find("setpriv", null) is not null, "Needs setpriv of util-linux.");
        var line = ChildLimits.Wrap(ToolFolder.Find("sleep", null)!, ["3600"], 1L << 30, TimeSpan.FromHours(1));
        var quoted = string.Join(' ', line.Select(word => $"'{word}'"));
        using var parent = Process.Start(
            new ProcessStartInfo("sh") { ArgumentList = { "-c", $"{quoted} & echo $!; wait" }, RedirectStandardOutput = true })!;
        var child = int.Parse(
            (await parent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!,
            System.Globalization.CultureInfo.InvariantCulture);
        // The limits are set in the child after it is born: wait until the tool itself runs.
        while (!File.ReadAllText($"/proc/{child}/cmdline").StartsWith(line[^2], StringComparison.Ordinal))
            await Task.Yield();

        parent.Kill(entireProcessTree: false);
        // The pipe closes when the last process that holds it is gone.
        await parent.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.False(IsRunning(child), "The child outlived its parent.");
    }

    [Fact]
    public async Task Arguments_are_passed_as_they_are_and_messages_are_kept()
    {
        using var rig = new MediaRig();

        var result = await rig.Get<ToolRunner>().RunAsync(Ffmpeg("-i", "no \"such\" file -y $HOME"), TestContext.Current.CancellationToken);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("no \"such\" file -y $HOME: No such file", result.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_tool_defers_and_says_how_to_install_it()
    {
        using var rig = new MediaRig(tools: options => options.ToolFolder = "/nowhere");

        var exception = await Assert.ThrowsAsync<ResourceUnavailableException>(
            () => rig.Get<ToolRunner>().RunAsync(Ffmpeg(), TestContext.Current.CancellationToken));
        var statuses = await rig.Get<ToolCheck>().CheckAsync(TestContext.Current.CancellationToken);

        Assert.False(exception.CountsAsAttempt);
        Assert.Contains("apt-get install ffmpeg", exception.Message, StringComparison.Ordinal);
        Assert.All(statuses, status => Assert.Contains("install", status.Problem, StringComparison.Ordinal));
        Assert.Contains("poppler-utils", statuses.Single(status => status.Tool == "pdftoppm").Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_installed_tools_are_found_with_their_versions()
    {
        using var rig = new MediaRig();

        var statuses = await rig.Get<ToolCheck>().CheckAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            ["ffmpeg", "ffprobe", "pdftoppm", "pdftotext", "pdfinfo", "pdfimages", "pdfdetach", "pdffonts"],
            statuses.Select(status => status.Tool));
        Assert.All(statuses, status =>
        {
            Assert.Null(status.Problem);
            Assert.Matches(@"version \S*\d", status.Version);
        });
    }

    private static bool IsRunning(int id)
    {
        try
        {
            return !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
