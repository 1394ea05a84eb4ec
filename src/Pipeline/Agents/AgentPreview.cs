using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Steps;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>A tool as a preview shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Effect">What a call does to the world.</param>
/// <param name="MaxCalls">Calls, at most.</param>
/// <param name="Hosts">The hosts that may be read, or <c>any public host</c>; empty for a tool that reads no address.</param>
/// <param name="NeedsApproval">Whether a person must agree to each call.</param>
/// <param name="Missing">Why it cannot be called here; null when it can.</param>
public sealed record PreviewedTool(
    string Name, string Effect, int MaxCalls, IReadOnlyList<string> Hosts, bool NeedsApproval, string? Missing);

/// <summary>What a question would set going.</summary>
/// <param name="Plan">What the model would look for, a line each.</param>
/// <param name="Tools">What it may call.</param>
/// <param name="Steps">The most steps.</param>
/// <param name="Tokens">The most tokens.</param>
/// <param name="Minutes">The longest time of work.</param>
/// <param name="Bytes">The most bytes from outside.</param>
public sealed record PreviewedStudy(
    IReadOnlyList<string> Plan, IReadOnlyList<PreviewedTool> Tools, int Steps, long Tokens, double Minutes, long Bytes);

/// <summary>Shows what a task of an agent would do with a question: it asks the model for its plan, and calls no tool.</summary>
public sealed class AgentPreview
{
    private readonly TaskCatalog _tasks;
    private readonly AgentToolSet _tools;
    private readonly PlanPhase _planning;

    internal AgentPreview(TaskCatalog tasks, AgentToolSet tools, PlanPhase planning) =>
        (_tasks, _tools, _planning) = (tasks, tools, planning);

    /// <summary>Plans, and stores nothing.</summary>
    /// <param name="task">The task's name.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="language">The language of the answer; null for the task's own.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <exception cref="UnknownTaskException">There is no task of an agent of this name.</exception>
    public async Task<PreviewedStudy> PlanAsync(string task, string question, string? language, CancellationToken cancellationToken)
    {
        var agent = _tasks.GetAgent(task);
        var job = new SegmentJob
        {
            JobId = Guid.Empty,
            Source = "",
            Media = new() { Sha256 = "", Kind = Contracts.MediaKind.Text, MediaType = "text/plain", LengthBytes = 0 },
            Task = agent.Reference,
            Options = new() { Language = language },
            Segment = new() { Number = 0, Kind = Contracts.SegmentKind.TextPart },
            Question = question,
        };
        var settings = agent.Agent!;
        var journal = await StepJournal.OpenAsync(new Unstored(), settings.Budget, TimeSpan.Zero, cancellationToken);
        var plan = await _planning.RunAsync(new(job, agent, journal), cancellationToken);
        var missing = _tools.Missing(settings).ToDictionary(each => each.Grant.Name, each => each.Advice);
        return new(
            plan,
            [.. settings.Tools.Select(grant => new PreviewedTool(
                grant.Name,
                _tools.Find(grant.Name)?.Effect.ToString() ?? "",
                grant.MaxCalls,
                grant.Hosts.Count > 0 ? grant.Hosts : grant.Name == Pages.ReadPageTool.ToolName ? ["any public host"] : [],
                grant.NeedsApproval,
                missing.GetValueOrDefault(grant.Name)))],
            settings.Budget.Steps,
            settings.Budget.Tokens,
            settings.Budget.Minutes,
            settings.Budget.Bytes);
    }

    private sealed class Unstored : IStepLog
    {
        private readonly List<StepRecord> _steps = [];

        public Task<(IReadOnlyList<StepRecord> Steps, DateTimeOffset Now)> ReadAsync(CancellationToken cancellationToken) =>
            Task.FromResult<(IReadOnlyList<StepRecord>, DateTimeOffset)>(([], DateTimeOffset.UnixEpoch));

        public Task<StepRecord> PlanAsync(StepRequest request, CancellationToken cancellationToken)
        {
            _steps.Add(new()
            {
                Number = request.Number,
                Kind = request.Kind,
                Arguments = request.Arguments,
                ArgumentsSha256 = request.ArgumentsSha256,
                Effect = request.Effect,
                State = StepState.Planned,
                PlannedAt = DateTimeOffset.UnixEpoch,
            });
            return Task.FromResult(_steps[^1]);
        }

        public Task<StepRecord> BeginAsync(int number, CancellationToken cancellationToken) => Task.FromResult(_steps[number]);

        public Task<StepRecord> AwaitAsync(int number, CancellationToken cancellationToken) => Task.FromResult(_steps[number]);

        public Task<StepRecord> EndAsync(int number, StepEnd outcome, CancellationToken cancellationToken) =>
            Task.FromResult(_steps[number] = _steps[number] with { State = outcome.State, Result = outcome.Result });
    }
}
