using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Intake;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Corpora;

/// <summary>
/// One pass over a corpus: finds its media and enqueues what is new or changed by content, task version and model. It analyses nothing;
/// the stage loops do. Interrupted anywhere, the same call goes on where it stopped.
/// </summary>
internal sealed partial class CorpusRunner(
    CorpusLedger ledger,
    AnalysisIdentity identity,
    WorkSignals signals,
    IOptions<CorporaOptions> corpora,
    TimeProvider time,
    ILogger<CorpusRunner> logger)
{
    private const int ChunkSize = 200;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    /// <summary>Runs a corpus for today's date in its time zone. A second call on the same day adds nothing.</summary>
    /// <exception cref="CommandException">There is no such corpus, or its folder is missing.</exception>
    public async Task<CorpusRun> RunAsync(string name, IProgress<int>? found, CancellationToken cancellationToken)
    {
        if (!corpora.Value.TryGetValue(name, out var corpus))
            throw new CommandException($"There is no corpus '{name}'; configured are: {(corpora.Value.Count == 0 ? "none (see the section Corpora)" : string.Join(", ", corpora.Value.Keys))}.");
        if (!Directory.Exists(corpus.Folder))
            throw new CommandException($"The folder '{corpus.Folder}' of the corpus '{name}' does not exist; correct Corpora:{name}:Folder.");

        var run = await ledger.StartRunAsync(name, Today(corpus), cancellationToken);
        if (run.EnumeratedAt is not null) return run;

        var task = identity.Task(corpus.Task);
        var model = await identity.ModelAsync(cancellationToken);
        var count = 0;
        var walk = new FolderWalk(corpus.Globs.Count > 0 ? [.. corpus.Globs] : ["**/*"], (folder, problem) => Log.Unreadable(logger, folder, problem.Message));
        foreach (var chunk in walk.Files(Path.GetFullPath(corpus.Folder)).Where(IsUsable).Chunk(ChunkSize))
        {
            var known = await ledger.KnownFilesAsync(name, chunk, cancellationToken);
            var items = new List<CorpusItem>(chunk.Length);
            foreach (var path in chunk)
            {
                if (await ReadAsync(path, known.GetValueOrDefault(path), cancellationToken) is { } file)
                    items.Add(new(JobFor(name, corpus, path), file.ContentSha256, task.Version, model, IsSettled(file.Stamp) ? file.Stamp : null));
            }

            await ledger.EnqueueRunItemsAsync(run.Id, items, cancellationToken);
            signals.Jobs.Set();
            found?.Report(count += chunk.Length);
        }

        await ledger.CompleteRunEnumerationAsync(run.Id, cancellationToken);
        var runs = await ledger.ListRunsAsync(name, 1, cancellationToken);
        Log.Enumerated(logger, name, runs[0].Date, runs[0].Enqueued, runs[0].Skipped);
        return runs[0];
    }

    /// <summary>One path that no job can have would end the whole run.</summary>
    private bool IsUsable(string path)
    {
        if (SubmitJobValidator.PathProblem(path) is not { } problem) return true;
        Log.Unreadable(logger, path, problem);
        return false;
    }

    private static SubmitJob JobFor(string name, CorpusOptions corpus, string file) => new()
    {
        JobId = Guid.CreateVersion7(),
        Source = file,
        Task = corpus.Task,
        Options = new() { Language = corpus.Language },
        Priority = corpus.Priority,
        CorrelationId = $"corpus:{name}",
    };

    private DateOnly Today(CorpusOptions corpus) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(corpus.TimeZone)).DateTime);

    /// <summary>
    /// A file with the stamp of an earlier run is not read again: an archive of terabytes would be read whole every night. Null for one
    /// that cannot be read now: it stays out of this run, and is found again by the next.
    /// </summary>
    private async Task<KnownFile?> ReadAsync(string path, KnownFile? known, CancellationToken cancellationToken)
    {
        try
        {
            // The stamp is taken first: a file written while it is read has another one in the next run.
            var stamp = FileStamp.Of(new FileInfo(path));
            if (stamp == known?.Stamp) return known;
            await using var stream = new FileStream(RegularFile.Open(path), FileAccess.Read);
            return new(stamp, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.Unreadable(logger, path, exception.Message);
            return null;
        }
    }

    /// <summary>File systems keep times as coarse as two seconds: a file just written can change once more without another stamp.</summary>
    private bool IsSettled(FileStamp stamp) => time.GetUtcNow() - stamp.WrittenAt > Settling;

    private static partial class Log
    {
        [LoggerMessage(7001, LogLevel.Information, "The run of corpus {Corpus} for {Date} has enqueued {Enqueued} items; {Skipped} are unchanged.")]
        public static partial void Enumerated(ILogger logger, string corpus, DateOnly date, int enqueued, int skipped);

        [LoggerMessage(7002, LogLevel.Warning, "{File} cannot be read and is left out of this run: {Problem}")]
        public static partial void Unreadable(ILogger logger, string file, string problem);
    }
}
