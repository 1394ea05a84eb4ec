using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Stages;

/// <summary>
/// Hears of work that other processes have stored, so that it begins here at once. While it cannot be heard of, the stages' own looks at
/// the ledger find it, at <see cref="StageOptions.PollInterval"/>.
/// </summary>
internal sealed partial class AnnouncementLoop(
    LedgerAnnouncements announcements, WorkSignals signals, TimeProvider time, ILogger<AnnouncementLoop> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!announcements.CanListen) return;

        var backOff = new BackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                await announcements.ListenAsync(Hear, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception fault)
            {
                if (backOff.Failures == 0) Log.Deaf(logger, fault.Message);
            }

            await Task.Delay(backOff.Next(), time, cancellationToken);
        }

        void Hear(ReadyWork work)
        {
            if (backOff.Failures > 0) Log.Hears(logger);
            backOff.Reset();
            if (work.HasFlag(ReadyWork.Jobs)) signals.Jobs.Set();
            if (work.HasFlag(ReadyWork.Segments)) signals.Segments.Set();
            if (work.HasFlag(ReadyWork.Events)) signals.Events.Set();
            if (work.HasFlag(ReadyWork.Leases)) signals.Leases.Set();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            190,
            LogLevel.Information,
            "What other processes announce is not heard for now; their work is found at each look at the ledger. {Problem}")]
        public static partial void Deaf(ILogger logger, string problem);

        [LoggerMessage(191, LogLevel.Information, "What other processes announce is heard again.")]
        public static partial void Hears(ILogger logger);
    }
}
