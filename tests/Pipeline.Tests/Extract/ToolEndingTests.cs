using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tests.Acquire;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Tests.Extract;

/// <summary>How a tool ends, with a shell script in the tool's place.</summary>
public sealed class ToolEndingTests : IDisposable
{
    private readonly MediaRig _rig;

    public ToolEndingTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Scripts of a shell stand in for the tools.");
        TemporaryFolder? folder = null;
        _rig = new(tools: options => options.ToolFolder = folder!["tools"]);
        folder = _rig.Folder;
    }

    public void Dispose() => _rig.Dispose();

    private Task<ToolResult> RunAsync(string script, string tool = "ffmpeg", string inputName = "")
    {
        var path = _rig.Folder.Write(Path.Combine("tools", tool), "#!/bin/sh\n" + script);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return _rig.Get<ToolRunner>().RunAsync(
            new()
            {
                Tool = tool,
                Arguments = [],
                Deadline = TimeSpan.FromMinutes(5),
                Subject = "The clip",
                InputName = inputName
            },
            TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("ffmpeg", "kill -TERM $$")]
    [InlineData("ffmpeg", "kill -INT $$")]
    [InlineData("ffmpeg", "kill -KILL $$")]
    [InlineData("pdftotext", "kill -KILL $$")]
    [InlineData("ffmpeg", "exit 255")]
    [InlineData("ffmpeg", "echo 'ffmpeg: error while loading shared libraries: libx.so: cannot open' >&2; exit 127")]
    [InlineData("pdftoppm", "echo 'No space left on device' >&2; exit 2")]
    public async Task A_tool_that_was_ended_or_could_not_run_is_no_attempt(string tool, string script)
    {
        for (var time = 0; time < 2; time++)
            Assert.False((await Assert.ThrowsAsync<ResourceUnavailableException>(() => RunAsync(script, tool))).CountsAsAttempt);
    }

    [Fact]
    public async Task A_tool_that_is_killed_every_time_while_others_end_is_given_up_at_the_third_time()
    {
        for (var time = 0; time < 2; time++)
        {
            Assert.False((await Assert.ThrowsAsync<ResourceUnavailableException>(
                () => RunAsync("kill -KILL $$", inputName: "one"))).CountsAsAttempt);
            await RunAsync("exit 0", inputName: "other");
        }

        var verdict = await Assert.ThrowsAsync<MediaRejectedException>(() => RunAsync("kill -KILL $$", inputName: "one"));
        Assert.Equal(RejectionReason.AttemptsExhausted, verdict.Reason);
        Assert.Contains("ended from outside (signal 9)", verdict.Message, StringComparison.Ordinal);
        Assert.Contains("out-of-memory killer", verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_every_tool_is_killed_the_waits_grow_and_even_that_has_an_end()
    {
        var waits = new List<double>();
        for (var time = 0; time < 9; time++)
        {
            waits.Add((await Assert.ThrowsAsync<ResourceUnavailableException>(() => RunAsync("kill -KILL $$"))).Delay.TotalSeconds);
        }

        Assert.Equal([10, 20, 40, 80, 160, 320, 600, 600, 600], waits);
        await Assert.ThrowsAsync<MediaRejectedException>(() => RunAsync("kill -KILL $$"));
    }

    [Fact]
    public async Task A_kill_that_does_not_come_again_is_forgotten()
    {
        for (var time = 0; time < 4; time++)
        {
            await Assert.ThrowsAsync<ResourceUnavailableException>(() => RunAsync("kill -KILL $$"));
            Assert.Equal(0, (await RunAsync("exit 0")).ExitCode);
        }
    }

    [Fact]
    public async Task A_tool_that_used_up_its_processor_time_is_tried_again_before_it_is_a_verdict()
    {
        // The signal of the kernel's limit, which is the deadline's too.
        Assert.True((await Assert.ThrowsAsync<ResourceUnavailableException>(() => RunAsync("kill -XCPU $$"))).CountsAsAttempt);
        Assert.Equal(RejectionReason.TimedOut, (await Assert.ThrowsAsync<MediaRejectedException>(() => RunAsync("kill -XCPU $$"))).Reason);
    }

    [Fact]
    public async Task A_crash_is_tried_again_before_it_is_a_verdict()
    {
        Assert.True((await Assert.ThrowsAsync<ResourceUnavailableException>(() => RunAsync("kill -SEGV $$"))).CountsAsAttempt);
        Assert.Equal(
            RejectionReason.CorruptMedia, (await Assert.ThrowsAsync<MediaRejectedException>(() => RunAsync("kill -SEGV $$"))).Reason);
    }

    [Fact]
    public async Task A_crash_on_another_input_is_another_crash()
    {
        await Assert.ThrowsAsync<ResourceUnavailableException>(() => RunAsync("kill -SEGV $$", inputName: "one"));
        await Assert.ThrowsAsync<ResourceUnavailableException>(() => RunAsync("kill -SEGV $$", inputName: "other"));
        await Assert.ThrowsAsync<MediaRejectedException>(() => RunAsync("kill -SEGV $$", inputName: "one"));
    }

    [Fact]
    public async Task A_crash_that_does_not_come_again_is_forgotten()
    {
        await Assert.ThrowsAsync<ResourceUnavailableException>(() => RunAsync("kill -SEGV $$"));
        Assert.Equal(0, (await RunAsync("exit 0")).ExitCode);
        await Assert.ThrowsAsync<ResourceUnavailableException>(() => RunAsync("kill -SEGV $$"));
    }

    [Fact]
    public async Task An_end_by_itself_is_a_result_with_its_words()
    {
        var result = await RunAsync("echo 'Syntax Error: broken' >&2; exit 1", "pdftotext");

        Assert.Equal((1, "Syntax Error: broken"), (result.ExitCode, result.Messages));
    }

    [Fact]
    public async Task A_terminals_signal_does_not_reach_a_tool()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && ToolFolder.Find("setsid", null) is not null, "Needs setsid of util-linux.");

        // The sixth field of the line is the session; a session of its own has the process's number.
        var result = await RunAsync("read -r id name state parent group session rest < /proc/$$/stat; echo \"$$ $session\" >&2");

        var numbers = result.Messages.Split(' ');
        Assert.Equal(numbers[0], numbers[1]);
    }

    [Theory]
    [InlineData(4L << 30, 0L, 16L << 30, 3)]
    [InlineData(4L << 30, 0L, 1L << 30, 1)]
    [InlineData(1L << 30, 8L << 30, 1L << 30, 8)]
    public void The_sum_of_memory_bounds_how_many_tools_run(long one, long all, long machine, int places) =>
        Assert.Equal(places, ToolPlaces.Count(new() { ToolMemoryBytes = one, ToolsMemoryBytes = all }, machine));

    [Fact]
    public async Task A_tool_waits_until_the_others_leave_it_room()
    {
        using var places = new ToolPlaces(
            Microsoft.Extensions.Options.Options.Create(new ToolOptions { ToolMemoryBytes = 1 << 30, ToolsMemoryBytes = 1 << 30 }));
        var first = await places.TakeAsync(TestContext.Current.CancellationToken);
        var second = places.TakeAsync(TestContext.Current.CancellationToken);

        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second).Dispose();
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 2)]
    public void Tools_that_wait_for_others_leave_them_a_place(int all, int lent)
    {
        using var places = new ToolPlaces(
            Microsoft.Extensions.Options.Options.Create(
                new ToolOptions { ToolMemoryBytes = 1L << 30, ToolsMemoryBytes = (long)all << 30 }));

        var taken = Enumerable.Range(0, all).Select(_ => places.TryLend()).ToList();

        Assert.Equal(lent, taken.Count(each => each is not null));
        taken[0]?.Dispose();
        Assert.Equal(lent > 0, places.TryLend() is not null);
    }
}
