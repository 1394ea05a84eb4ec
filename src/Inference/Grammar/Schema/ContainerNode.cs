using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>
/// An object or an array. A position stands for what has been written of it: <see cref="Opening"/> before the bracket, then a number from
/// 0 for each value.
/// </summary>
internal abstract class ContainerNode : SchemaNode
{
    /// <summary>The position before the opening bracket.</summary>
    public const int Opening = -1;

    /// <summary>The label of punctuation that ends with the closing bracket; the others tell which value follows.</summary>
    public const int Close = 1 << 30;

    /// <summary>What may stand after the value at a position: terminals, and the states in which they begin.</summary>
    public abstract IEnumerable<(Terminal Terminal, long State)> PunctuationAt(int position);

    /// <summary>The position of the value that follows punctuation with this label.</summary>
    public abstract int PositionAfter(int position, int label);

    /// <summary>
    /// A position after which the same may be written with the next token, if that completes at most <paramref name="lookahead"/> items;
    /// the same one for as many as possible.
    /// </summary>
    public virtual int AlikePosition(int position, int lookahead) => position;

    /// <summary>The value that follows punctuation with this label.</summary>
    public abstract SchemaNode ValueAfter(int position, int label);
}
