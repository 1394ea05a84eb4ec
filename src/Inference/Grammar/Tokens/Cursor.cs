using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>A place in a grammar: a state of a terminal, and the objects and arrays around it.</summary>
/// <param name="Terminal">A scalar's, the punctuation of the frame's container, or the end.</param>
/// <param name="State">The terminal's state.</param>
/// <param name="Frame">Null at the top level.</param>
internal readonly record struct Cursor(Terminal Terminal, long State, Frame? Frame)
{
    public static Cursor End { get; } = new(EndTerminal.Instance, 0, null);

    public bool IsEnd => Terminal == EndTerminal.Instance;

    /// <summary>True when the terminal is a scalar's: its end ends a value.</summary>
    public bool IsScalar => !Terminal.IsPunctuation;
}
