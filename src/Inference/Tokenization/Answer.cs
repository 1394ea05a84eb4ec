using Microsoft.Extensions.AI;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>A generated text, taken apart.</summary>
/// <param name="Reasoning">What stands before <c>&lt;/think&gt;</c>; empty when there was none.</param>
/// <param name="Text">The answer without reasoning and tool calls.</param>
/// <param name="ToolCalls">The calls, in order.</param>
internal sealed record Answer(string Reasoning, string Text, IReadOnlyList<FunctionCallContent> ToolCalls)
{
    private const string ThinkStart = "<think>";
    private const string ThinkEnd = "</think>";

    /// <summary>
    /// Takes a generated text apart. An answer that was cut off within its reasoning has no text; a call that was cut off stays text.
    /// </summary>
    /// <param name="generated">The decoded answer.</param>
    /// <param name="thinking">Whether the prompt ended within <c>&lt;think&gt;</c>, so that the answer starts with reasoning.</param>
    /// <param name="tools">The tools that were declared; their schemas give the types of arguments. Without tools no calls are looked
    /// for.</param>
    public static Answer Parse(string generated, bool thinking, IEnumerable<AITool>? tools = null)
    {
        var (reasoning, text) = SplitReasoning(generated, thinking);
        var declared = tools?.OfType<AIFunctionDeclaration>().ToList() ?? [];
        if (declared.Count == 0)
            return new(reasoning, text, []);
        var (rest, calls) = ToolCallParser.Parse(text, declared);
        return new(reasoning, rest, calls);
    }

    private static (string Reasoning, string Text) SplitReasoning(string generated, bool thinking)
    {
        var start = generated.TrimStart();
        if (start.StartsWith(ThinkStart, StringComparison.Ordinal))
        {
            thinking = true;
            generated = start[ThinkStart.Length..];
        }

        if (!thinking)
            return ("", generated.Trim());
        var end = generated.IndexOf(ThinkEnd, StringComparison.Ordinal);
        return end < 0 ? (generated.Trim(), "") : (generated[..end].Trim(), generated[(end + ThinkEnd.Length)..].Trim());
    }
}
