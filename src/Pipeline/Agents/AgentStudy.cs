using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Notes;
using Qwen35Batch.Pipeline.Agents.Policy;
using Qwen35Batch.Pipeline.Agents.Steps;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tasks.Grants;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>One job on its way: what it was asked, what it has done, what it knows.</summary>
internal sealed class AgentStudy(SegmentJob job, AnalysisTask task, StepJournal journal)
{
    private readonly List<ReadingNote> _remarks = [];
    private readonly List<Withheld> _withheld = [];

    public SegmentJob Job { get; } = job;

    public AnalysisTask Task { get; } = task;

    public AgentSettings Agent { get; } = task.Agent!;

    public string Question { get; } = UntrustedText.Harmless(job.Question!);

    /// <summary>The tag of the answer's language; English when none was asked for.</summary>
    public string LanguageTag { get; } = job.Options.Language ?? "en";

    /// <summary>The language as it is said to a model.</summary>
    public string Language { get; } = AnswerLanguage.Describe(job.Options.Language ?? "en");

    public StepJournal Journal { get; } = journal;

    public Notebook Notebook { get; } = new();

    /// <summary>Who wrote which words.</summary>
    public Witnesses Witnesses { get; } = Own(job, task);

    /// <summary>What was withheld of what calls gave.</summary>
    public IReadOnlyList<Withheld> Withheld => _withheld;

    public SeenAddresses Seen { get; } = SeenAddresses.OfQuestion(job.Question!);

    /// <summary>What a reader of the report must know of how it came about.</summary>
    public IReadOnlyList<ReadingNote> Remarks => _remarks;

    /// <summary>The model that answered last.</summary>
    public string Model { get; private set; } = "unknown";

    /// <summary>The steps that are left when as many are kept as a report takes.</summary>
    public int StepsForActing => Journal.StepsLeft - (Agent.Find(ReportTool.ToolName) is null ? 3 : 4);

    /// <summary>
    /// Why no more may be gathered, as the end of a sentence; null when more may. A quarter of tokens and time is kept for the report.
    /// </summary>
    public string? WhyEnough => (Journal.Spent, Journal.Budget) switch
    {
        _ when StepsForActing <= 0 => $"the budget of {Journal.Budget.Steps} steps allows no more",
        var (spent, budget) when spent.Tokens * 4 >= budget.Tokens * 3 =>
            $"three quarters of the budget of {budget.Tokens:N0} tokens are spent",
        var (spent, budget) when spent.Time.TotalMinutes * 4 >= budget.Minutes * 3 =>
            $"three quarters of the budget of {budget.Minutes} minutes are spent",
        var (spent, budget) when spent.Bytes >= budget.Bytes => $"the budget of {budget.Bytes:N0} bytes is spent",
        _ => null,
    };

    public Usage Usage => Journal.Steps.Select(step => step.Usage).Aggregate(new Usage(), Usage.Add);

    /// <summary>Something is missing in the report: the job ends with gaps.</summary>
    public void Gap(string text) => Remark(ReadingNote.Gap(text));

    public void Tell(string text) => Remark(ReadingNote.Information(text));

    /// <summary>Takes down what was not read of what a call gave, and says so.</summary>
    public void Withhold(Withheld withheld)
    {
        if (withheld is { Sentences: 0, Words: 0 }) return;
        _withheld.Add(withheld);
        Tell(
            $"Of what step {withheld.Step} gave, {withheld.Sentences:N0} sentences and {withheld.Words:N0} names, codes or quotations were "
            + $"withheld ({Sieve.Mark}): they order something, or one host alone has them (see the task's \"trust\").");
    }

    /// <summary>Asks the model in a step, and takes its answer.</summary>
    /// <returns>Null when there is none that could be used.</returns>
    public async Task<ModelResult?> AskAsync(
        StepKind kind, string? tool, string arguments, Func<int, CancellationToken, Task<StepEnd>> ask, CancellationToken cancellationToken)
    {
        var step = await Journal.DoAsync(kind, tool, arguments, StepEffect.Model, () => StepGate.Open, ask, cancellationToken);
        var result = StepJson.Done<ModelResult>(step);
        if (result is not null) Model = result.Model;
        else Gap($"Step {step.Number} ({kind}) gave nothing: {StepJson.Problem(step)}");
        return result;
    }

    private static Witnesses Own(SegmentJob job, AnalysisTask task)
    {
        var own = new Witnesses();
        own.Trust(job.Question!, isSubject: true);
        own.Trust(task.Segment.Prompt, isSubject: false);
        return own;
    }

    private void Remark(ReadingNote note)
    {
        if (!_remarks.Contains(note)) _remarks.Add(note);
    }
}
