using System.Diagnostics;
using System.Text;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>The program as a user starts it: a process of its own.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Hang.Limit;
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Task _pumping;

    private WorkerProcess(Process process)
    {
        _process = process;
        _pumping = Task.WhenAll(PumpAsync(process.StandardOutput), PumpAsync(process.StandardError));
    }

    /// <summary>Everything written so far, both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public static string SamplesFolder => Path.Combine(AppContext.BaseDirectory, "samples");

    /// <summary>One of the bundled samples.</summary>
    public static string Sample(string name) => Path.Combine(SamplesFolder, name);

    public static WorkerProcess Start(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath()
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "qwen35batch.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["QWEN35BATCH_Engine__CacheFolder"] = SharedModel.Folder;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    /// <summary>Starts, waits for the end, and returns exit code and output.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        await using var process = Start(null, arguments);
        return (await process.ExitCodeAsync(), process.Output);
    }

    public async Task<int> ExitCodeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        await _pumping;
        return _process.ExitCode;
    }

    /// <summary>Waits until it has written a text.</summary>
    /// <returns>The output up to then.</returns>
    public Task<string> WroteAsync(string text) => Deadline.UntilAsync(
        () =>
        {
            var output = Output;
            if (output.Contains(text, StringComparison.Ordinal)) return Task.FromResult<string?>(output);
            Assert.False(_process.HasExited, $"It ended without '{text}':\n{output}");
            return Task.FromResult<string?>(null);
        },
        () => $"'{text}' is not in:\n{Output}");

    /// <summary>Sends a POSIX signal such as <c>INT</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _pumping;
        _process.Dispose();
    }

    private async Task PumpAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_output) _output.AppendLine(line);
        }
    }
}
