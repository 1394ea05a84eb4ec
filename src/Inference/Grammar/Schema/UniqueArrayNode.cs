using System.Numerics;
using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>
/// An array of a few fixed values, none of them twice. A position is the set of those that have been written, as bits; the punctuation
/// before a value already tells which one follows.
/// </summary>
/// <param name="values">The values, all different.</param>
/// <param name="minItems">The items that are needed.</param>
/// <param name="maxItems">The items that are allowed, at most all of them.</param>
internal sealed class UniqueArrayNode(IReadOnlyList<ScalarNode> values, int minItems, int maxItems) : ContainerNode
{
    /// <summary>The most values that are told apart.</summary>
    public const int MostValues = 30;

    private static readonly WordTerminal Empty = WordTerminal.Create([("[]"u8.ToArray(), Close)], isPunctuation: true);
    private static readonly WordTerminal End = WordTerminal.Create([("]"u8.ToArray(), Close)], isPunctuation: true);
    private static readonly WordTerminal[] First = Before("["u8);
    private static readonly WordTerminal[] Next = Before(","u8);

    public static IReadOnlyList<WordTerminal> AllPunctuation => [Empty, End, .. First, .. Next];

    public IReadOnlyList<ScalarNode> Values => values;

    public int MinItems => minItems;

    public static int CountAt(int position) => position == Opening ? 0 : BitOperations.PopCount((uint)position);

    /// <summary>Whether a value has been written.</summary>
    public static bool IsUsed(int position, int value) => position != Opening && (position >> value & 1) != 0;

    public override IEnumerable<(Terminal Terminal, long State)> PunctuationAt(int position)
    {
        var count = CountAt(position);
        if (count >= minItems)
            yield return (position == Opening ? Empty : End, 0);
        for (var value = 0; value < values.Count && count < maxItems; value++)
        {
            if (!IsUsed(position, value))
                yield return ((position == Opening ? First : Next)[value], 0);
        }
    }

    public override int PositionAfter(int position, int label) => (position == Opening ? 0 : position) | (1 << label);

    public override SchemaNode ValueAfter(int position, int label) => values[label];

    protected override int MeasureHeight() => 1;

    private static WordTerminal[] Before(ReadOnlySpan<byte> text)
    {
        var words = new WordTerminal[MostValues];
        for (var value = 0; value < words.Length; value++)
            words[value] = WordTerminal.Create([(text.ToArray(), value)], isPunctuation: true);
        return words;
    }
}
