using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>The texts that a tool's parameter can hold as they are: those without the marks of a call.</summary>
internal static class PlainText
{
    private static readonly Lazy<PatternAutomaton> Texts = new(() =>
        PatternAutomaton.Anything.Except(PatternAutomaton.Compile("</parameter>|</?tool_call>|</function>", "#"), "#")!);

    /// <summary>What no such text holds.</summary>
    public static IReadOnlyList<string> Marks { get; } = ["</parameter>", "<tool_call>", "</tool_call>", "</function>"];

    public static PatternAutomaton Automaton => Texts.Value;
}
