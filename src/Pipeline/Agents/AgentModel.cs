using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Steps;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Validate;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>Asks the model for one step: an answer that keeps to a schema, or calls of tools.</summary>
internal sealed class AgentModel(ModelInference inference)
{
    private static readonly ChatResponseFormat Anything = ChatResponseFormat.Text;

    /// <summary>Asks for an answer that keeps to a schema; when it does not, once more.</summary>
    /// <param name="study">The job.</param>
    /// <param name="question">The instructions and the schema.</param>
    /// <param name="content">What the user says.</param>
    /// <param name="step">The number of the step.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public Task<StepEnd> AskAsync(
        AgentStudy study, TaskQuestion question, string content, int step, CancellationToken cancellationToken)
    {
        var request = Request(study, question, content, step, ChatResponseFormat.ForJsonSchema(question.Schema, "answer"));
        return OrProblemAsync(async () =>
        {
            var answer = await inference.AskAsync(request, cancellationToken);
            var verdict = AnswerValidator.Check(request, answer);
            if (verdict is Verdict.Invalid wrong)
            {
                answer = await inference.AskAgainAsync(request, answer, wrong.Problem, cancellationToken);
                verdict = AnswerValidator.Check(request, answer);
            }

            return verdict is Verdict.Valid valid
                ? new(StepState.Done, StepJson.Write(new ModelResult(answer.Model, valid.Insight, [])), answer.Usage)
                : new(StepState.Failed, Problem($"The answer is not valid: {((Verdict.Invalid)verdict).Problem}"), answer.Usage);
        });
    }

    /// <summary>Asks which tools to call.</summary>
    /// <param name="study">The job.</param>
    /// <param name="question">The instructions.</param>
    /// <param name="content">What the user says.</param>
    /// <param name="step">The number of the step.</param>
    /// <param name="tools">The tools.</param>
    /// <param name="must">Whether at least one is to be called.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public Task<StepEnd> ChooseAsync(
        AgentStudy study, TaskQuestion question, string content, int step, IReadOnlyList<AITool> tools, bool must,
        CancellationToken cancellationToken)
    {
        var request = Request(study, question, content, step, Anything);
        request.Options.ResponseFormat = null;
        request.Options.Tools = [.. tools];
        request.Options.ToolMode = must ? ChatToolMode.RequireAny : ChatToolMode.Auto;
        return OrProblemAsync(async () =>
        {
            var answer = await inference.AskAsync(request, cancellationToken);
            var calls = answer.Calls.Select(call => new ModelCall(call.Name, Arguments(call))).ToList();
            return new(StepState.Done, StepJson.Write(new ModelResult(answer.Model, null, calls)), answer.Usage);
        });
    }

    private static PreparedRequest Request(
        AgentStudy study, TaskQuestion question, string content, int step, ChatResponseFormat format) => new()
        {
            Question = question,
            Messages = [new(ChatRole.System, question.Prompt), new(ChatRole.User, content)],
            Options = new()
            {
                ResponseFormat = format,
                MaxOutputTokens = (int)Math.Clamp(
                study.Job.Options.MaxOutputTokens ?? study.Task.Sampling.MaxOutputTokens, 1, Math.Max(1, study.Journal.TokensLeft)),
                Temperature = (float)study.Task.Sampling.Temperature,
                TopK = study.Task.Sampling.TopK,
                TopP = (float?)study.Task.Sampling.TopP,
                PresencePenalty = study.Task.Sampling.PresencePenalty == 0 ? null : (float)study.Task.Sampling.PresencePenalty,
                Seed = study.Task.Sampling.Temperature > 0 ? Seed(study.Job.JobId, step) : null,
                AdditionalProperties = new() { ["enable_thinking"] = false, ["group"] = study.Job.JobId.ToString() },
            },
            Evidence = new() { Segment = study.Job.Segment },
        };

    /// <summary>What will never be answered is the step's result; what is away is waited for.</summary>
    private static async Task<StepEnd> OrProblemAsync(Func<Task<StepEnd>> ask)
    {
        try
        {
            return await ask();
        }
        catch (MediaRejectedException refused)
        {
            return new(StepState.Failed, Problem(refused.Message), refused.Usage);
        }
    }

    private static string Problem(string text) => StepJson.Write(new StepProblem(text));

    private static JsonElement Arguments(FunctionCallContent call) => JsonSerializer.SerializeToElement(
        call.Arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal), StepJson.Options);

    /// <summary>The same for a step whenever it is asked, and another for every step.</summary>
    private static long Seed(Guid job, int step)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{job:N}/step/{step}");
        return BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))) & int.MaxValue;
    }
}
