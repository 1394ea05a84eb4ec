using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>An array with a bounded or unbounded number of items. Counts that make no difference share a position.</summary>
internal sealed class ArrayNode(SchemaNode item, int minItems, int? maxItems) : ContainerNode
{
    private static readonly WordTerminal Empty = WordTerminal.Create([("[]"u8.ToArray(), Close)]);
    private static readonly WordTerminal Start = WordTerminal.Create([("["u8.ToArray(), 0)]);
    private static readonly WordTerminal StartOrEmpty = WordTerminal.Create([("["u8.ToArray(), 0), ("[]"u8.ToArray(), Close)]);
    private static readonly WordTerminal Next = WordTerminal.Create([(","u8.ToArray(), 0)]);
    private static readonly WordTerminal End = WordTerminal.Create([("]"u8.ToArray(), Close)]);
    private static readonly WordTerminal NextOrEnd = WordTerminal.Create([(","u8.ToArray(), 0), ("]"u8.ToArray(), Close)]);

    private readonly int _lastPosition = maxItems is { } max ? max - 1 : Math.Max(minItems - 1, 0);

    public static IReadOnlyList<WordTerminal> AllPunctuation => [Empty, Start, StartOrEmpty, Next, End, NextOrEnd];

    public SchemaNode Item { get; } = item;

    public int MinItems { get; } = minItems;

    public override WordTerminal PunctuationAt(int position)
    {
        var count = position + 1;
        var mayEnd = count >= MinItems;
        var mayGoOn = maxItems is null || count < maxItems;
        return (position, mayGoOn, mayEnd) switch
        {
            (Opening, true, true) => StartOrEmpty,
            (Opening, true, false) => Start,
            (Opening, _, _) => Empty,
            (_, true, true) => NextOrEnd,
            (_, true, false) => Next,
            _ => End,
        };
    }

    public override int PositionAfter(int position, int label) => Math.Min(position + 1, _lastPosition);

    public override int AlikePosition(int position, int lookahead)
    {
        var count = position + 1;
        return position == Opening || count < MinItems || maxItems - count <= lookahead ? position : Math.Max(MinItems - 1, 0);
    }

    public override SchemaNode ValueAfter(int label) => Item;

    protected override int MeasureHeight() => MinItems == 0 ? 1 : 1 + Item.Height;
}
