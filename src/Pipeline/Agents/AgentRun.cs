using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Steps;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>
/// How a question becomes a report: plan, act, read, write, verify. Every step is stored before the next is begun, so that a run which a
/// crash cut short goes on where it was.
/// </summary>
internal sealed class AgentRun(
    AgentToolSet tools, PlanPhase planning, ActPhase acting, WritePhase writing, VerifyPhase verifying, ReportPhase reporting,
    IOptions<AgentOptions> options)
{
    // Name and revision are how a model in this process calls itself.
    private const string Bundled = "nano@";

    /// <param name="job">The job's only segment, with its question.</param>
    /// <param name="task">The agent's task.</param>
    /// <param name="log">The steps of the job.</param>
    /// <param name="cancellationToken">Stops it; what is stored stays.</param>
    public async Task<StageOutcome> RunAsync(SegmentJob job, AnalysisTask task, IStepLog log, CancellationToken cancellationToken)
    {
        var journal = await StepJournal.OpenAsync(log, task.Agent!.Budget, options.Value.ApprovalTimeout, cancellationToken);
        var study = new AgentStudy(job, task, journal);
        if (Lacks(study) is { } problem) return new StageOutcome.Rejected(RejectionReason.UnknownTask, problem);

        await tools.PrepareAsync(study.Agent, cancellationToken);
        var plan = await planning.RunAsync(study, cancellationToken);
        if (study.Model.StartsWith(Bundled, StringComparison.Ordinal))
        {
            return new StageOutcome.Rejected(
                RejectionReason.InvalidAnswer,
                "The bundled model cannot plan: it reads pages and pictures, and is far too small for questions. Let the worker ask an "
                    + "endpoint (Engine:Kind=OpenAI, Engine:BaseUrl, Engine:Model), or name a converted Qwen3.5 in Engine:ModelFolder; "
                    + "then retry the job.",
                Usage: study.Usage);
        }

        foreach (var line in plan) study.Witnesses.Trust(line, isSubject: true);
        await acting.RunAsync(study, plan, cancellationToken);
        if (study.Notebook.Notes.Count == 0)
            return Nothing(study, RejectionReason.Empty, "nothing that was read says anything to the question");

        var draft = await writing.RunAsync(study, cancellationToken);
        if (draft is null) return Nothing(study, RejectionReason.InvalidAnswer, "the model wrote no report");
        draft = await verifying.RunAsync(study, draft, cancellationToken);
        if (draft.IsEmpty) return Nothing(study, RejectionReason.InvalidAnswer, "no paragraph of the report is carried by a note");
        var artifacts = await reporting.RunAsync(study, draft, cancellationToken);
        return AgentInsight.Of(study, draft, artifacts);
    }

    /// <summary>A tool that is not set up ends the job, or is done without, as the task says.</summary>
    private string? Lacks(AgentStudy study)
    {
        foreach (var (grant, advice) in tools.Missing(study.Agent))
        {
            if (grant.IsRequired)
            {
                return $"The task '{study.Task.Reference.Name}' needs the tool '{grant.Name}', which is not set up: {advice} "
                    + "Or let the task do without it: \"required\": false.";
            }

            study.Gap($"The tool '{grant.Name}' is not set up, and was done without: {advice}");
        }

        return null;
    }

    private static StageOutcome.Rejected Nothing(AgentStudy study, RejectionReason reason, string why) => new(
        reason,
        $"There is no report: {why}. {ReadingNote.Join(study.Remarks)}".TrimEnd(),
        Usage: study.Usage);
}
