using System.Text.Json;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>The first step: the model says how it will go about the question, from the question and the tools alone.</summary>
internal sealed class PlanPhase(AgentModel model, AgentToolSet tools)
{
    private static readonly JsonElement Schema = JsonDocument.Parse("""
        {
          "type": "object",
          "properties": { "plan": { "type": "array", "maxItems": 12, "items": { "type": "string", "maxLength": 300 } } },
          "required": ["plan"]
        }
        """).RootElement.Clone();

    /// <returns>The plan, a line each; empty when the model gave none.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(AgentStudy study, CancellationToken cancellationToken)
    {
        var question = new TaskQuestion(
            $$"""
            {{Instructions(study)}}

            Plan first: say in at most 12 short lines what you will look for, and with which tools. The tools are:
            {{string.Join('\n', tools.Of(study.Agent).Select(Line))}}

            Answer with one JSON object: {"plan": ["..."]}
            """,
            Schema,
            []);
        var result = await study.AskAsync(
            StepKind.Plan,
            null,
            "{}",
            (number, token) => model.AskAsync(study, question, study.Question, number, token),
            cancellationToken);
        return result?.Answer is { } answer ? [.. answer.GetProperty("plan").EnumerateArray().Select(line => line.GetString()!)] : [];
    }

    /// <summary>The task's own instructions.</summary>
    public static string Instructions(AgentStudy study) =>
        study.Task.Segment.Prompt.Contains("{language}", StringComparison.Ordinal)
            ? study.Task.Segment.Prompt.Replace("{language}", study.Language, StringComparison.Ordinal)
            : $"{study.Task.Segment.Prompt}\nWrite the report in this language: {study.Language}.";

    private static string Line(IAgentTool tool) => $"- {tool.Name}: {tool.Description}";
}
