using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Benchmarks.Reading;

/// <summary>
/// How much memory the worker takes over what it takes idle, for each of a folder's files, and the largest of the processes that it starts.
/// </summary>
internal static class WorkerMemory
{
    private const double MostMiB = 512;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(string folder, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.WriteLine("  memory: measured on Linux only");
            return;
        }

        var data = Directory.CreateTempSubdirectory("reading-").FullName;
        await using var endpoint = await AnsweringEndpoint.StartAsync();
        using var worker = Start(Path.GetFullPath(folder), data, endpoint.BaseUrl, out var client);
        try
        {
            await ReadyAsync(client, cancellationToken);
            var idle = ProcessMemory.Resident(worker.Id);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  the worker takes {idle:0} MiB idle"));
            foreach (var file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
                await MeasureAsync(worker.Id, client, file, idle, cancellationToken);
        }
        finally
        {
            client.Dispose();
            worker.Kill(entireProcessTree: true);
            await worker.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task MeasureAsync(int worker, HttpClient client, string file, double idle, CancellationToken cancellationToken)
    {
        ProcessMemory.ForgetPeak(worker);
        var job = Guid.CreateVersion7();
        using var taken = await client.PostAsJsonAsync(
            "/jobs", new SubmitJob { JobId = job, Source = Path.GetFullPath(file), Task = "auto" }, cancellationToken);
        taken.EnsureSuccessStatusCode();
        var children = (Name: "none", MiB: 0.0);
        var state = "";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        for (var look = 0; state.Length == 0; look++)
        {
            var found = ProcessMemory.LargestBelow(worker);
            children = found.MiB > children.MiB ? found : children;
            if (look % 10 == 0)
            {
                var seen = (await client.GetFromJsonAsync<JsonElement>($"/jobs/{job}", patience.Token)).GetProperty("job");
                state = seen.GetProperty("finishedAt").ValueKind == JsonValueKind.String ? seen.GetProperty("state").GetString()! : "";
            }

            await Task.Delay(Look, patience.Token);
        }

        var over = ProcessMemory.Peak(worker) - idle;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {Path.GetFileName(file),-32} {state,-20} {over,6:0} MiB over idle; of its processes, {children.Name} {children.MiB:0} MiB"
                + $"{(over > MostMiB ? "  FAILED" : "")}"));
        if (over > MostMiB)
            Environment.ExitCode = 1;
    }

    private static async Task ReadyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync("/health/ready", patience.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(Look, patience.Token);
        }
    }

    private static Process Start(string folder, string data, Uri endpoint, out HttpClient client)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        listener.Stop();
        client = new() { BaseAddress = new(address) };
        return Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "qwen35batch.dll"), "serve", "--data", data, "--urls", address, "--allow", folder,
                "--set", "Engine:Kind=OpenAI", "--set", $"Engine:BaseUrl={endpoint}", "--set", "Engine:Model=answering",
                "--set", "Logging:LogLevel:Default=None",
            ]))!;
    }
}
