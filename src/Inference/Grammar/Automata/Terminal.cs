namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// A deterministic automaton over the bytes of a piece of JSON that nests nothing: a scalar, or what stands between the values of an
/// object or an array. States are never negative.
/// </summary>
internal abstract class Terminal
{
    /// <summary>No next state, no exit, no only byte.</summary>
    public const int None = -1;

    /// <summary>More tokens than any budget: there is no way to an end.</summary>
    public const int Endless = 1 << 29;

    /// <summary>Whether it stands between values; else it is one.</summary>
    public virtual bool IsPunctuation => false;

    /// <summary>The state after a byte, or <see cref="None"/>.</summary>
    public abstract long Step(long state, byte next);

    /// <summary>The label under which the piece may end here, or <see cref="None"/>.</summary>
    public abstract int Exit(long state);

    /// <summary>True when a byte may follow within the piece.</summary>
    public abstract bool CanContinue(long state);

    /// <summary>The only byte that may follow within the piece, or <see cref="None"/> when there are several or none.</summary>
    public abstract int OnlyByte(long state);
}
