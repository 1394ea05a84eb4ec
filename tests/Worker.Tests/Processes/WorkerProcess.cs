using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Processes;

/// <summary><c>qwen35batch</c> as a process of its own.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private WorkerProcess(Process process, int port)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public HttpClient Client { get; }

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Starts <c>serve</c> in a folder whose subfolder <c>media</c> may be read.</summary>
    public static WorkerProcess Serve(string folder, Uri engine, string? failpoint = null, params string[] settings) =>
        ServeIn(folder, "data", engine, failpoint, settings);

    /// <summary>The same with a data folder of another name.</summary>
    public static WorkerProcess ServeIn(string folder, string data, Uri engine, string? failpoint, params string[] settings)
    {
        var port = FreePort();
        string[] arguments =
        [
            "serve", "--data", Path.Combine(folder, data), "--urls", $"http://127.0.0.1:{port}", "--allow", Path.Combine(folder, "media"),
            "--set", "Engine:Kind=OpenAI", "--set", $"Engine:BaseUrl={engine}", "--set", "Engine:Model=stub",
            .. settings.SelectMany(setting => new[] { "--set", setting }),
        ];
        return new(Start(arguments, failpoint), port);
    }

    /// <summary>Runs a command to its end.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) => RunAsync(failpoint: null, arguments);

    /// <summary>Runs a command to its end, or to a point at which it is killed.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string? failpoint, string[] arguments)
    {
        await using var command = new WorkerProcess(Start(arguments, failpoint), 1);
        return (await command.WaitForExitAsync(), command.Output);
    }

    public Task WaitUntilReadyAsync() => TestWorker.WaitAsync(async () =>
    {
        if (_process.HasExited) Assert.Fail($"The worker ended with {_process.ExitCode}: {Output}");
        try
        {
            using var answer = await Client.GetAsync("/health/ready", TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
        catch (HttpRequestException problem)
        {
            return $"{problem.Message} {Output}";
        }
    }, problem => problem.Length == 0);

    /// <returns>False when the worker died before it answered.</returns>
    public async Task<bool> TrySubmitAsync(SubmitJob job)
    {
        try
        {
            using var answer = await Client.PostAsJsonAsync("/jobs", job, TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public void Terminate() => Signal("TERM");

    /// <summary>Sends a signal, such as KILL, STOP or CONT.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public async Task<int> WaitForExitAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Hang.Limit);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static Process Start(IReadOnlyList<string> arguments, string? failpoint)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "qwen35batch.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (failpoint is not null) start.Environment["QWEN35BATCH_FAILPOINT"] = failpoint;
        return Process.Start(start)!;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        // The end of one stream may be told before a line of the other.
        if (line.Data is null) return;
        lock (_output) _output.AppendLine(line.Data);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
