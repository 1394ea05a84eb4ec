using System.Text.RegularExpressions;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary><c>serve</c> as a process of its own, on a free port, ready for work.</summary>
internal sealed partial class ServingWorker : IAsyncDisposable
{
    private readonly WorkerProcess _process;

    private ServingWorker(WorkerProcess process, Uri address)
    {
        _process = process;
        Http = new() { BaseAddress = address };
    }

    public HttpClient Http { get; }

    public string Output => _process.Output;

    /// <param name="data">The data folder.</param>
    /// <param name="failpoint">Where the process ends itself, or null.</param>
    /// <param name="arguments">Further arguments of <c>serve</c>.</param>
    public static async Task<ServingWorker> StartAsync(string data, string? failpoint, params string[] arguments)
    {
        var environment = failpoint is null ? null : new Dictionary<string, string> { ["QWEN35BATCH_FAILPOINT"] = failpoint };
        var process = WorkerProcess.Start(environment, ["serve", "--urls", "http://127.0.0.1:0", "--data", data, .. arguments]);
        try
        {
            await process.WroteAsync("Application started");
            var worker = new ServingWorker(process, new(Listening().Match(process.Output).Groups[1].Value));
            await worker.ReadyAsync();
            return worker;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public Task<int> ExitCodeAsync() => _process.ExitCodeAsync();

    public Task SignalAsync(string signal) => _process.SignalAsync(signal);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }

    private Task ReadyAsync() => Deadline.UntilAsync(
        async () =>
        {
            using var answer = await Http.GetAsync("health/ready", TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        },
        () => $"The worker does not get ready:\n{Output}");

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
