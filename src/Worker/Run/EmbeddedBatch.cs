using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Reports;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Run;

/// <summary>A batch of jobs in this process, from the start of the host to its stop.</summary>
internal static class EmbeddedBatch
{
    /// <param name="settings">The host's; no other process works on the data folder meanwhile.</param>
    /// <param name="requests">What is to be done.</param>
    /// <param name="output">Where people and programs are told of it.</param>
    /// <param name="timeline">Where to write what the engine does second by second; null for nowhere.</param>
    /// <param name="finish">Makes something of what is stored, once the host has stopped; its number is the exit code.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <param name="change">Changes the host's services; null for none.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        WorkerSettings settings,
        IReadOnlyList<RunRequest> requests,
        CommandOutput output,
        FileInfo? timeline,
        Func<IServiceProvider, BatchRun, Task<int>> finish,
        CancellationToken cancellationToken,
        Action<IServiceCollection>? change = null)
    {
        settings = settings with { OwnsDataFolder = true };
        using var folder = DataFolderLock.Take(settings);
        using var worker = WorkerComposition.BuildEmbedded(settings, services =>
        {
            services.AddSingleton(output).AddSingleton<RunView>().AddSingleton<ApprovalPrompt>().AddSingleton<BatchRun>();
            change?.Invoke(services);
        });
        await using var writer = timeline is null ? null : EngineTimeline.Create(timeline.FullName);
        await worker.StartAsync(cancellationToken);
        var run = worker.Services.GetRequiredService<BatchRun>();
        using var ended = new CancellationTokenSource();
        var recording = writer is null
            ? Task.CompletedTask
            : new EngineTimeline(() => worker.Services.GetRequiredService<IEngine>().Statistics, TimeProvider.System)
                .RecordAsync(writer, ended.Token);
        try
        {
            await run.FollowAsync(requests, worker.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        }
        finally
        {
            // Work in flight is finished or given back; a second signal cuts that short.
            await worker.StopAsync(CancellationToken.None);
            await ended.CancelAsync();
            await recording;
        }

        // After the stop, and not with its token: what was finished on the way out belongs to the result.
        var outcome = await finish(worker.Services, run);
        // A host that stopped by itself, such as for a model that cannot be loaded, has set the exit code and said why.
        return outcome == ExitCode.Stopped && Environment.ExitCode != 0 ? Environment.ExitCode : outcome;
    }
}
