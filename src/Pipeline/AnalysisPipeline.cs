using Microsoft.Extensions.Logging;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Segments;
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

    private readonly TaskCatalog _tasks;
    private readonly MediaStore _store;
    private readonly MediaProbe _probe;
    private readonly SegmentExtractor _extractor;
    private readonly TranscriptionClient _transcription;
    private readonly Preparation _preparation;
    private readonly ModelInference _inference;
    private readonly PipelineMetrics _metrics;
    private readonly OwnSecrets _secrets;
    private readonly ILogger<AnalysisPipeline> _logger;

    internal AnalysisPipeline(
        TaskCatalog tasks,
        MediaStore store,
        MediaProbe probe,
        SegmentExtractor extractor,
        TranscriptionClient transcription,
        Preparation preparation,
        ModelInference inference,
        PipelineMetrics metrics,
        OwnSecrets secrets,
        ILogger<AnalysisPipeline> logger)
    {
        _tasks = tasks;
        _store = store;
        _probe = probe;
        _extractor = extractor;
        _transcription = transcription;
        _preparation = preparation;
        _inference = inference;
        _metrics = metrics;
        _secrets = secrets;
        _logger = logger;
    }

    /// <summary>Acquires a job's source and cuts it into segments. Never throws for a bad source.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Stops the copy and the tools.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<PlanOutcome> PlanAsync(MediaJob job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        return _secrets.Strike(await PlanOrRejectAsync(job, cancellationToken));
    }

    /// <summary>Analyses one segment. Never throws for bad media or a bad answer.</summary>
    /// <param name="job">The segment.</param>
    /// <param name="cancellationToken">Stops the tools and frees the engine.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<SegmentOutcome> AnalyseAsync(SegmentJob job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        return _secrets.Strike(await AnalyseOrRejectAsync(job, cancellationToken));
    }

    private async Task<PlanOutcome> PlanOrRejectAsync(MediaJob job, CancellationToken cancellationToken)
    {
        try
        {
            JobOptionsCheck.Require(job.Options);
            _tasks.RequireKnown(job.Task);
            var stored = await _metrics.StageAsync("Acquire", job.JobId, () => _store.AcquireAsync(job.Source, cancellationToken));
            var media = await _metrics.StageAsync("Extract", job.JobId, () => _probe.DescribeAsync(stored, cancellationToken));
            var task = _tasks.Get(job.Task, job.Task == TaskCatalog.Auto && IsDocument(media) ? MediaKind.Pdf : media.Kind);
            var segments = SegmentPlanner.Plan(media, task.Media, job.Options);
            return new PlanOutcome.Planned(media, task.Reference, segments, Synthesis(task, segments));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (MediaRejectedException rejected)
        {
            return new PlanOutcome.Rejected(rejected.Reason, rejected.Message);
        }
        catch (UnknownTaskException unknown)
        {
            return new PlanOutcome.Rejected(RejectionReason.UnknownTask, unknown.Message);
        }
        catch (ResourceUnavailableException missing)
        {
            return new PlanOutcome.Deferred(missing.Delay, missing.Message, missing.CountsAsAttempt);
        }
        catch (Exception unexpected)
        {
            Log.PlanFailed(_logger, unexpected, job.JobId);
            return new PlanOutcome.Deferred(UnexpectedDelay, Unexpected(unexpected));
        }
    }

    private async Task<SegmentOutcome> AnalyseOrRejectAsync(SegmentJob job, CancellationToken cancellationToken)
    {
        try
        {
            var task = _tasks.Get(job.Task);
            var content = await _metrics.StageAsync("Extract", job.JobId, () => ExtractAsync(job, task, cancellationToken));
            var request = await _metrics.StageAsync("Prepare", job.JobId, () => _preparation.PrepareAsync(job, task, content, cancellationToken));
            var answer = await _metrics.StageAsync("Infer", job.JobId, () => _inference.AskAsync(request, cancellationToken));
            return await _metrics.StageAsync("Validate", job.JobId, () => ValidateAsync(job, request, answer, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (MediaRejectedException rejected)
        {
            return new SegmentOutcome.Rejected(rejected.Reason, Named(job, rejected.Message), Usage: rejected.Usage);
        }
        catch (UnknownTaskException unknown)
        {
            return new SegmentOutcome.Rejected(RejectionReason.UnknownTask, unknown.Message);
        }
        catch (ResourceUnavailableException missing)
        {
            return new SegmentOutcome.Deferred(missing.Delay, Named(job, missing.Message), missing.Scope) { BreaksEngine = missing.BreaksEngine, Usage = missing.Usage };
        }
        catch (Exception unexpected)
        {
            Log.SegmentFailed(_logger, unexpected, job.JobId, job.Segment.Number);
            return new SegmentOutcome.Deferred(UnexpectedDelay, Named(job, Unexpected(unexpected)));
        }
    }

    private static SegmentReference? Synthesis(AnalysisTask task, IReadOnlyList<SegmentReference> segments) =>
        task.Synthesis is null || segments.Count == 1 ? null : new() { Number = segments.Count, Kind = SegmentKind.Synthesis };

    /// <summary>A picture file with several pages is a fax or a scan.</summary>
    private static bool IsDocument(MediaDescription media) => media is { Kind: MediaKind.Image, PageCount: > 1 };

    private async Task<ExtractedSegment> ExtractAsync(SegmentJob job, AnalysisTask task, CancellationToken cancellationToken)
    {
        if (job.Segment.Kind == SegmentKind.Synthesis) return await _extractor.OutlineAsync(job.Media, cancellationToken);
        var wave = _transcription.IsConfigured ? WaveOutput.Include : WaveOutput.Omit;
        return await _extractor.ExtractAsync(job.Media, job.Segment, task.Media, job.Options, wave, cancellationToken);
    }

    /// <summary>An endpoint that does not hold answers to the schema is told once what was wrong.</summary>
    private async Task<SegmentOutcome> ValidateAsync(SegmentJob job, PreparedRequest request, ModelAnswer answer, CancellationToken cancellationToken)
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
            Verdict.Valid valid => new SegmentOutcome.Completed(
                valid.Insight,
                CitationBuilder.Build(valid.Insight, request.Question, request.Evidence),
                answer.Usage,
                answer.Model,
                request.Notes.Concat(valid.Notes).ToList() is { Count: > 0 } notes ? string.Join(' ', notes) : null),
            Verdict.Invalid invalid => new SegmentOutcome.Rejected(
                RejectionReason.InvalidAnswer,
                Named(job, $"The model's answer is not a valid insight of the task '{job.Task.Name}', and it was asked twice. {invalid.Problem}{Limit(request, answer)}"),
                answer.Text,
                answer.Usage),
            _ => throw new InvalidOperationException($"Not a verdict: {verdict}."),
        };
    }

    private static string Limit(PreparedRequest request, ModelAnswer answer) => answer.Truncated && request.Options.MaxOutputTokens is { } most
        ? $" Its limit was {most} tokens, then {2 * most}: raise sampling.maxOutputTokens of the task, or the option maxOutputTokens."
        : "";

    private static string Named(SegmentJob job, string detail) => $"Segment {job.Segment.Number} ({Prompts.Name(job.Segment)}): {detail}";

    private static string Unexpected(Exception exception) => $"Unexpected {exception.GetType().Name}: {exception.Message}";

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} could not be planned.")]
        public static partial void PlanFailed(ILogger logger, Exception exception, Guid job);

        [LoggerMessage(Level = LogLevel.Error, Message = "Segment {Segment} of job {Job} could not be analysed.")]
        public static partial void SegmentFailed(ILogger logger, Exception exception, Guid job, int segment);

        [LoggerMessage(Level = LogLevel.Information, Message = "The answer for segment {Segment} of job {Job} is not valid; the model is asked again.")]
        public static partial void AnswerInvalid(ILogger logger, Guid job, int segment);
    }
}
