using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Worker.Availability;

/// <summary>
/// Loads the model while the host is already up: readiness tells when it is done. A model that cannot be loaded ends the host, since
/// nothing would ever be analysed; so does an engine that breaks down later, since only a new process has a new one.
/// </summary>
internal sealed partial class EngineStart(Qwen35EngineHost engine, IHostApplicationLifetime lifetime, ILogger<EngineStart> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var open = await engine.OpenAsync(null, stoppingToken);
            Log.EngineBrokeDown(logger, await open.BreakdownAsync(stoppingToken));
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            throw;
        }
        catch (EngineStoppedException)
        {
            // The host stops before the model was loaded.
        }
        catch (Exception problem) when (problem is ModelFormatException or ExecutionProviderException)
        {
            Log.ModelUnusable(logger, problem.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
        catch (Exception exception)
        {
            Log.EngineFailed(logger, exception);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(310, LogLevel.Critical, "The model cannot be used, so the worker stops: {Reason}")]
        public static partial void ModelUnusable(ILogger logger, string reason);

        [LoggerMessage(312, LogLevel.Critical, "The engine broke down, so the worker stops; started again, it goes on where it was.")]
        public static partial void EngineBrokeDown(ILogger logger, Exception fault);

        [LoggerMessage(311, LogLevel.Critical, "The engine could not be started, so the worker stops.")]
        public static partial void EngineFailed(ILogger logger, Exception exception);
    }
}
