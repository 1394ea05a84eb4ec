using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Qwen35Batch.Benchmarks.Soak;

/// <summary>One of the workers: a process that is killed and started again.</summary>
internal sealed class SoakWorker(string log, IReadOnlyList<string> arguments) : IAsyncDisposable
{
    private Process? _process;
    private Task _output = Task.CompletedTask;

    /// <summary>How much memory the process that runs now has used at most, in MiB, and how long it has lived.</summary>
    public (double PeakMiB, TimeSpan Age) Memory()
    {
        try
        {
            if (_process is null || _process.HasExited) return (0, TimeSpan.Zero);
            _process.Refresh();
            return (_process.PeakWorkingSet64 / 1048576.0, TimeProvider.System.GetUtcNow() - _process.StartTime.ToUniversalTime());
        }
        catch (InvalidOperationException)
        {
            return (0, TimeSpan.Zero);
        }
    }

    /// <summary>The processor time that the process has used since it was started.</summary>
    public TimeSpan ProcessorTime()
    {
        _process!.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>The memory that it has now, in MiB.</summary>
    public double MemoryMiB()
    {
        _process!.Refresh();
        return _process.WorkingSet64 / 1048576.0;
    }

    public void Start()
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "qwen35batch.dll"), "serve", "--urls", $"http://127.0.0.1:{FreePort()}", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _output = Task.WhenAll(KeepAsync(_process.StandardOutput, $"{log}.out"), KeepAsync(_process.StandardError, $"{log}.err"));
    }

    public async Task KillAsync()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        await _output;
        _process.Dispose();
        _process = null;
    }

    /// <summary>Stops it as a supervisor would.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        await _output;
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private static async Task KeepAsync(StreamReader output, string path)
    {
        await using var file = new StreamWriter(path, append: true);
        while (await output.ReadLineAsync() is { } line) await file.WriteLineAsync(line);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
