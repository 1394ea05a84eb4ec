using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Corpora;

/// <summary>
/// Keeps Hangfire's recurring jobs equal to the configured corpora. Hangfire keeps them where the ledger is, so a ledger that is away is
/// waited for.
/// </summary>
internal sealed partial class CorpusSchedules(
    IRecurringJobManager recurring,
    JobStorage storage,
    IOptions<CorporaOptions> corpora,
    LedgerStart ledger,
    IHostApplicationLifetime lifetime,
    ILogger<CorpusSchedules> logger) : IHostedService, IDisposable
{
    private const string Prefix = "corpus:";

    private readonly CancellationTokenSource _stop = new();
    private Task _waiting = Task.CompletedTask;

    /// <summary>The name of a corpus' recurring job.</summary>
    public static string IdOf(string corpus) => Prefix + corpus;

    /// <exception cref="SettingsException">A schedule is none.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (ledger.Ready.IsCompleted) Synchronise();
        else _waiting = SynchroniseWhenReadyAsync(_stop.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();

    private async Task SynchroniseWhenReadyAsync(CancellationToken cancellationToken)
    {
        await ledger.Ready.WaitAsync(cancellationToken);
        try
        {
            Synchronise();
        }
        catch (Exception exception)
        {
            // Without its schedules the worker would miss its nights in silence.
            Log.NotScheduled(logger, exception);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private void Synchronise()
    {
        foreach (var (name, corpus) in corpora.Value.Where(corpus => corpus.Value.Cron.Length > 0)) Register(name, corpus);

        using var connection = storage.GetConnection();
        var gone = connection.GetRecurringJobs()
            .Select(job => job.Id)
            .Where(id => id.StartsWith(Prefix, StringComparison.Ordinal) && !IsScheduled(id));
        foreach (var id in gone.ToList()) recurring.RemoveIfExists(id);
    }

    private void Register(string name, CorpusOptions corpus)
    {
        try
        {
            // Hangfire fills in its own token: the job is told when the server stops, and is repeated afterwards.
            recurring.AddOrUpdate<CorpusTrigger>(IdOf(name), trigger => trigger.RunAsync(name, CancellationToken.None), corpus.Cron,
                new RecurringJobOptions
                {
                    TimeZone = TimeZoneInfo.FindSystemTimeZoneById(corpus.TimeZone),
                    MisfireHandling = MisfireHandlingMode.Relaxed
                });
        }
        catch (ArgumentException exception)
        {
            throw new SettingsException(
                [$"{CorporaOptions.Section}:{name}:Cron is '{corpus.Cron}', which is no schedule: {exception.Message}"]);
        }
    }

    private bool IsScheduled(string id) => corpora.Value.TryGetValue(id[Prefix.Length..], out var corpus) && corpus.Cron.Length > 0;

    private static partial class Log
    {
        [LoggerMessage(7003, LogLevel.Critical, "The corpora could not be scheduled; the worker stops.")]
        public static partial void NotScheduled(ILogger logger, Exception exception);
    }
}
