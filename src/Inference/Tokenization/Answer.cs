using Microsoft.Extensions.AI;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>A generated text, taken apart.</summary>
/// <param name="Reasoning">What stands before <c>&lt;/think&gt;</c>; empty when there was none.</param>
/// <param name="Text">The answer without reasoning and tool calls.</param>
/// <param name="ToolCalls">The calls, in order.</param>
internal sealed record Answer(string Reasoning, string Text, IReadOnlyList<FunctionCallContent> ToolCalls)
{
    /// <summary>Takes a generated text apart.</summary>
    /// <param name="generated">The decoded answer.</param>
    /// <param name="thinking">Whether the prompt ended within <c>&lt;think&gt;</c>, so that the answer starts with reasoning.</param>
    /// <param name="tools">The tools that were declared; their schemas give the types of arguments.</param>
    public static Answer Parse(string generated, bool thinking, IEnumerable<AITool>? tools = null) => throw new NotImplementedException($"{generated}{thinking}{tools}");
}
