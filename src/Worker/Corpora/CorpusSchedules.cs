using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Corpora;

/// <summary>Keeps Hangfire's recurring jobs equal to the configured corpora.</summary>
internal sealed class CorpusSchedules(IRecurringJobManager recurring, JobStorage storage, IOptions<CorporaOptions> corpora) : IHostedService
{
    private const string Prefix = "corpus:";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, corpus) in corpora.Value.Where(corpus => corpus.Value.Cron.Length > 0)) Register(name, corpus);

        using var connection = storage.GetConnection();
        var gone = connection.GetRecurringJobs().Select(job => job.Id).Where(id => id.StartsWith(Prefix, StringComparison.Ordinal) && !IsScheduled(id));
        foreach (var id in gone.ToList()) recurring.RemoveIfExists(id);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Register(string name, CorpusOptions corpus)
    {
        try
        {
            // Hangfire fills in its own token: the job is told when the server stops, and is repeated afterwards.
            recurring.AddOrUpdate<CorpusTrigger>(Prefix + name, trigger => trigger.RunAsync(name, CancellationToken.None), corpus.Cron,
                new RecurringJobOptions { TimeZone = TimeZoneInfo.FindSystemTimeZoneById(corpus.TimeZone), MisfireHandling = MisfireHandlingMode.Relaxed });
        }
        catch (ArgumentException exception)
        {
            throw new SettingsException([$"{CorporaOptions.Section}:{name}:Cron is '{corpus.Cron}', which is no schedule: {exception.Message}"]);
        }
    }

    private bool IsScheduled(string id) => corpora.Value.TryGetValue(id[Prefix.Length..], out var corpus) && corpus.Cron.Length > 0;
}
