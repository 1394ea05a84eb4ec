using System.Text;
using Microsoft.Extensions.Logging;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Agents;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Grounding;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Validate;

namespace Qwen35Batch.Pipeline;

/// <summary>How a job becomes insights: Acquire, Extract, Prepare, Infer, Validate. It stores nothing.</summary>
public sealed partial class AnalysisPipeline
{
    // An unexpected failure may be a passing one; the ledger's attempts decide how often it may happen.
    private static readonly TimeSpan UnexpectedDelay = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LedgerDelay = TimeSpan.FromSeconds(10);

    private readonly TaskCatalog _tasks;
    private readonly MediaStore _store;
    private readonly ArchiveOpener _archives;
    private readonly MediaProbe _probe;
    private readonly SegmentExtractor _extractor;
    private readonly TranscriptionClient _transcription;
    private readonly Preparation _preparation;
    private readonly ModelInference _inference;
    private readonly ExtractOptions _extract;
    private readonly PictureRoom _room;
    private readonly PipelineMetrics _metrics;
    private readonly OwnSecrets _secrets;
    private readonly AgentRun _agents;
    private readonly ILogger<AnalysisPipeline> _logger;
    private string? _saidOfChoices;

    internal AnalysisPipeline(
        TaskCatalog tasks,
        MediaStore store,
        ArchiveOpener archives,
        MediaProbe probe,
        SegmentExtractor extractor,
        TranscriptionClient transcription,
        Preparation preparation,
        ModelInference inference,
        ExtractOptions extract,
        PictureRoom room,
        PipelineMetrics metrics,
        OwnSecrets secrets,
        AgentRun agents,
        ILogger<AnalysisPipeline> logger)
    {
        _tasks = tasks;
        _store = store;
        _archives = archives;
        _probe = probe;
        _extractor = extractor;
        _transcription = transcription;
        _preparation = preparation;
        _inference = inference;
        _extract = extract;
        _room = room;
        _metrics = metrics;
        _secrets = secrets;
        _agents = agents;
        _logger = logger;
    }

    /// <summary>Acquires a job's source and cuts it into segments. Never throws for a bad source.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Stops the copy and the tools.</param>
    /// <param name="aside">Awaits the disk, which needs neither processor nor memory; null to do so like anything else.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<StageOutcome> PlanAsync(MediaJob job, CancellationToken cancellationToken, Func<Task, Task>? aside = null)
    {
        ArgumentNullException.ThrowIfNull(job);
        return EndAsync(PlanOrThrowAsync, detail => detail, problem => Log.PlanFailed(_logger, problem, job.JobId), cancellationToken);

        async Task<StageOutcome> PlanOrThrowAsync()
        {
            JobOptionsCheck.Require(job.Options);
            _tasks.RequireKnown(job.Task);
            if (job.Question is { } question) return await PlanQuestionAsync(job, question, cancellationToken);
            var stored = await _metrics.StageAsync("Acquire", job.JobId, () => AcquireAsync(job, aside, cancellationToken));
            if (stored.IsArchive)
                return await _metrics.StageAsync("Extract", job.JobId, () => _archives.OpenAsync(stored, job, cancellationToken));
            var media = await _metrics.StageAsync("Extract", job.JobId, () => _probe.DescribeAsync(stored, cancellationToken));
            var isDocument = job.Task == TaskCatalog.Auto && media.Kind == MediaKind.Image
                && (IsDocument(media) || await _probe.IsPageAsync(stored, media, cancellationToken));
            var task = _tasks.Get(job.Task, isDocument ? MediaKind.Pdf : media.Kind);
            var segments = SegmentPlanner.Plan(media, task.Media, job.Options);
            RequireFew(segments.Count, task, job.Options);
            return new StageOutcome.Planned(media, task.Reference, segments, Synthesis(task, segments));
        }
    }

    /// <summary>The question is the job's media, so that it is shown and kept as any text.</summary>
    private async Task<StageOutcome> PlanQuestionAsync(MediaJob job, string question, CancellationToken cancellationToken)
    {
        var task = _tasks.GetAgent(job.Task);
        var text = Encoding.UTF8.GetBytes(question);
        var sha256 = await _store.StoreAsync(new OpenedSource("question.txt", "question.txt", new MemoryStream(text)), cancellationToken);
        var media = new MediaDescription
        {
            Sha256 = sha256,
            Kind = MediaKind.Text,
            MediaType = "text/plain",
            LengthBytes = text.Length,
            CharacterCount = question.Length,
        };
        return new StageOutcome.Planned(media, task.Reference, [new() { Number = 0, Kind = SegmentKind.TextPart }], null);
    }

    private Task<StoredMedia> AcquireAsync(MediaJob job, Func<Task, Task>? aside, CancellationToken cancellationToken) =>
        job.ArchivedSha256 is { } kept
            ? _store.AcquireKeptAsync(job.Source, kept, cancellationToken)
            : _store.AcquireAsync(job.Source, cancellationToken, aside: aside);

    /// <summary>Analyses one segment. Never throws for bad media or a bad answer.</summary>
    /// <param name="job">The segment.</param>
    /// <param name="cancellationToken">Stops the tools and frees the engine.</param>
    /// <param name="isDoubtful">
    /// Asked of an insight that could be read in another way, too: whether to do so. Null reads everything once.
    /// </param>
    /// <param name="steps">The steps of an agent's job; needed for a job that has a question.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<StageOutcome> AnalyseAsync(
        SegmentJob job, CancellationToken cancellationToken,
        Func<StageOutcome.Completed, CancellationToken, Task<bool>>? isDoubtful = null, IStepLog? steps = null)
    {
        ArgumentNullException.ThrowIfNull(job);
        return EndAsync(
            AnalyseOrThrowAsync,
            detail => Named(job, detail),
            problem => Log.SegmentFailed(_logger, problem, job.JobId, job.Segment.Number),
            cancellationToken);

        async Task<StageOutcome> AnalyseOrThrowAsync()
        {
            var task = _tasks.Get(job.Task);
            if (task.Agent is not null && steps is not null)
                return await _metrics.StageAsync("Agent", job.JobId, () => _agents.RunAsync(job, task, steps, cancellationToken));
            using var room = await _room.TakeAsync(
                SegmentBytes.Of(job.Media, job.Segment, task.Media, job.Options), cancellationToken);
            var content = await _metrics.StageAsync("Extract", job.JobId, () => ExtractAsync(job, task, cancellationToken));
            var request = await _metrics.StageAsync(
                "Prepare", job.JobId, () => _preparation.PrepareAsync(job, task, content, cancellationToken));
            var answer = await _metrics.StageAsync("Infer", job.JobId, () => _inference.AskAsync(request, cancellationToken));
            SayOnce(answer.NoChoices);
            var outcome = await _metrics.StageAsync("Validate", job.JobId, () => ValidateAsync(job, request, answer, cancellationToken));
            return outcome is StageOutcome.Completed first
                && isDoubtful is not null
                && SecondReading.Of(job.Segment, content) is { } other
                && await isDoubtful(first, cancellationToken)
                    ? await ReadAgainAsync(job, task, other, first, cancellationToken)
                    : outcome;
        }
    }

    /// <summary>The first reading stands; the second only says whether it comes to the same, if it comes to anything.</summary>
    private async Task<StageOutcome> ReadAgainAsync(
        SegmentJob job, AnalysisTask task, ExtractedSegment content, StageOutcome.Completed first, CancellationToken cancellationToken)
    {
        var request = await _metrics.StageAsync(
            "Prepare", job.JobId, () => _preparation.PrepareAsync(job, task, content, cancellationToken));
        try
        {
            var answer = await _metrics.StageAsync("Infer", job.JobId, () => _inference.AskAsync(request, cancellationToken));
            var spent = first with { Usage = first.Usage + answer.Usage };
            return AnswerValidator.Check(request, answer) is Verdict.Valid second
                ? spent with { Fields = SecondReading.Compare(first.Fields, first.Insight, second.Insight) }
                : spent;
        }
        catch (MediaRejectedException refused)
        {
            return refused.Usage is { } spent ? first with { Usage = first.Usage + spent } : first;
        }
        catch (ResourceUnavailableException away)
        {
            return away.Usage is { } spent ? first with { Usage = first.Usage + spent } : first;
        }
    }

    /// <summary>The one place where what a stage throws becomes an outcome.</summary>
    private async Task<StageOutcome> EndAsync(
        Func<Task<StageOutcome>> work, Func<string, string> named, Action<Exception> log, CancellationToken cancellationToken)
    {
        try
        {
            return _secrets.Strike(await work());
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (MediaRejectedException rejected)
        {
            return _secrets.Strike(new StageOutcome.Rejected(rejected.Reason, named(rejected.Message), Usage: rejected.Usage));
        }
        catch (UnknownTaskException unknown)
        {
            return new StageOutcome.Rejected(RejectionReason.UnknownTask, unknown.Message);
        }
        catch (ResourceUnavailableException missing)
        {
            return _secrets.Strike(
                new StageOutcome.Deferred(missing.Delay, named(missing.Message), missing.Scope)
                {
                    BreaksEngine = missing.BreaksEngine,
                    Usage = missing.Usage
                });
        }
        catch (StepsLostException lost)
        {
            // Whoever has the job now goes on with it; what is returned here is not stored.
            return new StageOutcome.Deferred(TimeSpan.Zero, lost.Message, FaultScope.Machine);
        }
        catch (StepsAwayException away)
        {
            return _secrets.Strike(new StageOutcome.Deferred(LedgerDelay, named(away.Message), FaultScope.Machine));
        }
        catch (Exception unexpected)
        {
            log(unexpected);
            return _secrets.Strike(
                new StageOutcome.Deferred(UnexpectedDelay, named($"Unexpected {unexpected.GetType().Name}: {unexpected.Message}")));
        }
    }

    /// <summary>Every segment is a call of the model: a small file must not become thousands without its owner's will.</summary>
    private void RequireFew(int segments, AnalysisTask task, JobOptions options)
    {
        // Whoever names a number of pages wants so many.
        var most = Math.Max(task.Media.MaxSegments ?? _extract.MaxSegments, options.MaxPages ?? 0);
        if (segments > most)
        {
            throw new MediaRejectedException(
                RejectionReason.TooLarge,
                $"The job would be cut into {segments:N0} segments, and the task '{task.Reference.Name}' reads at most {most:N0}; split "
                    + $"the file, "
                + "or raise Extract:MaxSegments, or maxSegments in the task's file.");
        }
    }

    private static SegmentReference? Synthesis(AnalysisTask task, IReadOnlyList<SegmentReference> segments) =>
        task.Synthesis is null || segments.Count == 1 ? null : new() { Number = segments.Count, Kind = SegmentKind.Synthesis };

    /// <summary>A picture file with several pages is a fax or a scan.</summary>
    private static bool IsDocument(MediaDescription media) => media is { Kind: MediaKind.Image, PageCount: > 1 };

    private async Task<ExtractedSegment> ExtractAsync(SegmentJob job, AnalysisTask task, CancellationToken cancellationToken)
    {
        if (job.Segment.Kind == SegmentKind.Synthesis) return await _extractor.OutlineAsync(job.Media, cancellationToken);
        await _store.RestoreAsync(job.Media.Sha256, job.Source, job.MediaIsElsewhere, cancellationToken);
        var wave = _transcription.IsConfigured ? WaveOutput.Include : WaveOutput.Omit;
        return await _extractor.ExtractAsync(job.Media, job.Segment, task.Media, job.Options, wave, cancellationToken);
    }

    /// <summary>An endpoint that does not hold answers to the schema is told once what was wrong.</summary>
    private async Task<StageOutcome> ValidateAsync(
        SegmentJob job, PreparedRequest request, ModelAnswer answer, CancellationToken cancellationToken)
    {
        var verdict = AnswerValidator.Check(request, answer);
        if (verdict is Verdict.Invalid wrong)
        {
            Log.AnswerInvalid(_logger, job.JobId, job.Segment.Number);
            answer = await _inference.AskAgainAsync(request, answer, wrong.Problem, cancellationToken);
            verdict = AnswerValidator.Check(request, answer);
        }

        return verdict switch
        {
            Verdict.Valid valid => Completed(valid, request, answer),
            Verdict.Invalid invalid => new StageOutcome.Rejected(
                RejectionReason.InvalidAnswer,
                Named(
                    job,
                    $"The model's answer is not a valid insight of the task '{job.Task.Name}', and it was asked twice. "
                    + $"{invalid.Problem}{Limit(request, answer)}"),
                answer.Text,
                answer.Usage),
            _ => throw new InvalidOperationException($"Not a verdict: {verdict}."),
        };
    }

    private static StageOutcome.Completed Completed(Verdict.Valid valid, PreparedRequest request, ModelAnswer answer)
    {
        var (question, evidence) = (request.Question, request.Evidence);
        var citations = CitationBuilder.Build(valid.Insight, question, evidence, valid.Boxes);
        var grounded = FieldGrounding.Of(valid.Insight, question, evidence, citations);
        return new(
            valid.Insight,
            grounded.Citations,
            answer.Usage,
            answer.Model,
            ReadingNote.Join([.. request.Notes, .. valid.Notes.Select(ReadingNote.Information)]),
            request.Notes.Any(note => note.IsGap),
            NameLinks.Find(valid.Insight, question))
        {
            Fields = FieldEvidence.Add(grounded.Fields, answer, valid.Insight),
        };
    }

    private void SayOnce(string? noChoices)
    {
        if (noChoices is not null && Interlocked.Exchange(ref _saidOfChoices, noChoices) != noChoices) Log.NoChoices(_logger, noChoices);
    }

    private static string Limit(PreparedRequest request, ModelAnswer answer) =>
        answer.Truncated && request.Options.MaxOutputTokens is { } most
        ? $" Its limit was {most} tokens, then {2 * most}: raise sampling.maxOutputTokens of the task, or the option maxOutputTokens."
        : "";

    private static string Named(SegmentJob job, string detail) => $"Segment {job.Segment.Number} ({Prompts.Name(job.Segment)}): {detail}";

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Fields get no signals, and no probability, from the model endpoint: {Problem}. "
                + "With Engine:LogProbabilities false it is not asked for them.")]
        public static partial void NoChoices(ILogger logger, string problem);

        [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} could not be planned.")]
        public static partial void PlanFailed(ILogger logger, Exception exception, Guid job);

        [LoggerMessage(Level = LogLevel.Error, Message = "Segment {Segment} of job {Job} could not be analysed.")]
        public static partial void SegmentFailed(ILogger logger, Exception exception, Guid job, int segment);

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "The answer for segment {Segment} of job {Job} is not valid; the model is asked again.")]
        public static partial void AnswerInvalid(ILogger logger, Guid job, int segment);
    }
}
