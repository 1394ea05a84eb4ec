using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Intake;

namespace Qwen35Batch.Worker.Corpora;

/// <summary>
/// One pass over a corpus: finds its media and hands it to the intake, which takes what is new, changed, or was rejected before. It
/// analyses nothing; the stage loops do. Interrupted anywhere, the same call goes on where it stopped.
/// </summary>
internal sealed partial class CorpusRunner(
    CorpusLedger ledger, JobIntake intake, SubmitJobValidator validator, ContentHash content, IOptions<CorporaOptions> corpora,
    TimeProvider time, ILogger<CorpusRunner> logger)
{
    private const int ChunkSize = 200;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    /// <summary>Runs a corpus for today's date in its time zone. A second call on the same day adds nothing.</summary>
    /// <exception cref="CommandException">There is no such corpus, or its folder is missing.</exception>
    public async Task<CorpusRun> RunAsync(string name, IProgress<int>? found, CancellationToken cancellationToken)
    {
        if (!corpora.Value.TryGetValue(name, out var corpus))
        {
            throw new CommandException(
                $"There is no corpus '{name}'; configured are: "
                    + $"{(corpora.Value.Count == 0 ? "none (see the section Corpora)" : string.Join(", ", corpora.Value.Keys))}.");
        }

        if (!Directory.Exists(corpus.Folder))
        {
            throw new CommandException(
                $"The folder '{corpus.Folder}' of the corpus '{name}' does not exist; correct Corpora:{name}:Folder.");
        }

        var run = await ledger.StartRunAsync(name, Today(corpus), cancellationToken);
        if (run.EnumeratedAt is not null) return run;

        var count = 0;
        var walk = new FolderWalk(
            corpus.Globs.Count > 0 ? [.. corpus.Globs] : ["**/*"], (folder, problem) => Log.Unreadable(logger, folder, problem.Message));
        var paths = walk.Files(Path.GetFullPath(corpus.Folder));
        if (validator.TakesQuestion(corpus.Task))
        {
            var questions = paths.Where(CorpusQuestion.AreIn).SelectMany(Questions).Distinct();
            foreach (var chunk in questions.Chunk(ChunkSize))
            {
                var asked = chunk.Select(each => new CorpusFile(CorpusJobs.Asking(name, corpus, each), null, null)).ToList();
                await OfferAsync(run.Id, asked, cancellationToken);
                found?.Report(count += chunk.Length);
            }
        }
        else
        {
            foreach (var chunk in paths.Where(IsUsable).Chunk(ChunkSize))
            {
                await EnqueueAsync(run.Id, name, corpus, chunk, cancellationToken);
                found?.Report(count += chunk.Length);
            }
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

    private async Task EnqueueAsync(long run, string name, CorpusOptions corpus, string[] paths, CancellationToken cancellationToken)
    {
        var known = await ledger.KnownFilesAsync(name, paths, cancellationToken);
        var files = new List<CorpusFile>(paths.Length);
        foreach (var path in paths)
        {
            if (await ReadAsync(path, known.GetValueOrDefault(path), cancellationToken) is { } file)
                files.Add(new(CorpusJobs.For(name, corpus, path), file.ContentSha256, IsSettled(file.Stamp) ? file.Stamp : null));
        }

        await OfferAsync(run, files, cancellationToken);
    }

    private async Task OfferAsync(long run, List<CorpusFile> files, CancellationToken cancellationToken)
    {
        var (_, errors) = await intake.EnqueueAsync(run, files, cancellationToken);
        foreach (var (index, problems) in errors)
            Log.Unreadable(logger, QuestionTitle.Apply(files[index].Job).Source, string.Join(' ', problems));
    }

    /// <summary>One file that cannot be read does not end the run.</summary>
    private IReadOnlyList<CorpusQuestion> Questions(string path)
    {
        try
        {
            return [.. CorpusQuestion.Read(path, problem => Log.Unreadable(logger, path, problem))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.Unreadable(logger, path, exception.Message);
            return [];
        }
    }

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
            if (await content.OfAsync(path, cancellationToken) is { } sha256) return new(stamp, sha256);
            Log.Unreadable(logger, path, "it may not be read, or is no regular file.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.Unreadable(logger, path, exception.Message);
        }

        return null;
    }

    /// <summary>File systems keep times as coarse as two seconds: a file just written can change once more without another stamp.</summary>
    private bool IsSettled(FileStamp stamp) => time.GetUtcNow() - stamp.WrittenAt > Settling;

    private static partial class Log
    {
        [LoggerMessage(
            7001, LogLevel.Information, "The run of corpus {Corpus} for {Date} has enqueued {Enqueued} items; {Skipped} are unchanged.")]
        public static partial void Enumerated(ILogger logger, string corpus, DateOnly date, int enqueued, int skipped);

        [LoggerMessage(7002, LogLevel.Warning, "{File} cannot be read and is left out of this run: {Problem}")]
        public static partial void Unreadable(ILogger logger, string file, string problem);
    }
}
