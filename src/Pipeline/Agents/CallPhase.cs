using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Notes;
using Qwen35Batch.Pipeline.Agents.Policy;
using Qwen35Batch.Pipeline.Agents.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks.Grants;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>One call: the rules, perhaps a person, the tool, and the notes of what it gave.</summary>
internal sealed class CallPhase(
    AgentToolSet tools, ReadPhase reading, OwnSecrets secrets, ArtifactStore artifacts, IOptions<AgentOptions> options)
{
    private const int LongestProblem = 1_000;
    private const int LongestText = 400_000;
    private const int ShortestWanted = 4;

    /// <returns>What the planner is told.</returns>
    public async Task<string> RunAsync(AgentStudy study, ModelCall call, CancellationToken cancellationToken)
    {
        var step = await DoAsync(study, call, cancellationToken);
        if (StepJson.Done<CallResult>(step) is not { } result)
        {
            if (step.State == StepState.Unknown) study.Gap($"Step {step.Number} ({call.Tool}): {StepJson.Problem(step)}");
            var why = StepJson.Problem(step);
            if (step.State == StepState.Refused) Distrust(study, call);
            // A refusal is this program's own; an error may quote a server.
            return step.State == StepState.Refused
                ? $"It was refused: {why}"
                : UntrustedText.Fence("It gave an error", Orders.Strike(why));
        }

        foreach (var address in result.Addresses) study.Seen.Add(address);
        var tool = tools.Find(call.Tool);
        if (tool?.Trust == ResultTrust.Trusted) return UntrustedText.Fence("It gave", result.Text);
        return await reading.RunAsync(study, step, result, tool?.HasOwnData == true, cancellationToken);
    }

    /// <summary>Who wrote what the model may not ask for is cited no more.</summary>
    private static void Distrust(AgentStudy study, ModelCall call)
    {
        var wanted = CallPolicy.Addresses(call.Arguments).Where(address => !study.Seen.Contain(address))
            .Select(address => new Uri(address.GetLeftPart(UriPartial.Path)))
            // What is put behind an address that a result has is the model's own.
            .Where(address => !study.Seen.Contain(address))
            .Select(address => address.AbsoluteUri);
        if (study.Agent.Find(call.Tool) is null) wanted = wanted.Append(call.Tool);
        foreach (var source in wanted.Where(each => each.Length >= ShortestWanted).SelectMany(study.Notebook.Distrust))
        {
            study.Gap(
                $"The source {source.Address} is not cited: the model asked for something that the rules forbid, and that stood there.");
        }
    }

    /// <summary>The call as a step.</summary>
    public Task<StepRecord> DoAsync(AgentStudy study, ModelCall call, CancellationToken cancellationToken)
    {
        var tool = tools.Find(call.Tool);
        return study.Journal.DoAsync(
            StepKind.Call,
            call.Tool.Length <= 100 ? call.Tool : call.Tool[..100],
            call.Canonical,
            Effect(tool),
            () => Gate(study, tool, call),
            (number, token) => CallAsync(study, tool!, call, number, token),
            cancellationToken);
    }

    private StepGate Gate(AgentStudy study, IAgentTool? tool, ModelCall call)
    {
        var before = study.Journal.Steps.Count(step =>
            step.Kind == StepKind.Call && step.Tool == call.Tool && step.HasEnded && step.State != StepState.Refused);
        var refusal = new CallPolicy(study.Agent, secrets).Refusal(tool, call, before, study.Journal.Spent.Bytes, study.Seen);
        var grant = study.Agent.Find(call.Tool);
        return new(refusal, grant?.NeedsApproval == true, grant?.InDoubt ?? DoubtRule.Skip);
    }

    private async Task<StepEnd> CallAsync(
        AgentStudy study, IAgentTool tool, ModelCall call, int number, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.ToolTimeout);
        try
        {
            var result = await tool.CallAsync(call.Arguments, Context(study, call, number, deadline.Token));
            var stored = new List<StoredArtifact>();
            foreach (var artifact in result.Artifacts) stored.Add(await ArtifactStore.DescribeAsync(artifact, cancellationToken));
            var text = Prompts.Cut(secrets.Strike(result.Text), LongestText);
            return new(StepState.Done, StepJson.Write(new CallResult(text, result.Addresses, result.Source, stored)), null, result.Bytes)
            {
                PutInPlace = result.Artifacts.Count == 0 ? null : () => artifacts.Put(study.Job.JobId, result.Artifacts),
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (ResourceUnavailableException away) when (!away.CountsAsAttempt && tool.Effect != ToolEffect.External)
        {
            throw;
        }
        catch (Exception failure)
        {
            var why = failure is OperationCanceledException
                ? $"It took longer than {options.Value.ToolTimeout:g} (Agent:ToolTimeout)."
                : secrets.Strike(failure.Message);
            var isKnown = tool.Effect != ToolEffect.External;
            return new(
                isKnown ? StepState.Failed : StepState.Unknown,
                StepJson.Write(new StepProblem(
                    Prompts.Cut(UntrustedText.Harmless(why), LongestProblem)
                    + (isKnown ? "" : " It may have happened all the same, and is not repeated."))));
        }
    }

    private static ToolCallContext Context(AgentStudy study, ModelCall call, int number, CancellationToken stop) =>
        new(study.Job.JobId, number, study.LanguageTag, stop) { Hosts = study.Agent.Find(call.Tool)?.Hosts ?? [] };

    private static StepEffect Effect(IAgentTool? tool) => tool?.Effect switch
    {
        ToolEffect.External => StepEffect.External,
        ToolEffect.Write => StepEffect.Write,
        _ => StepEffect.Read,
    };
}
