using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>An array with a bounded or unbounded number of items. Counts that make no difference share a position.</summary>
/// <param name="prefix">The first items.</param>
/// <param name="rest">The items after them; null when there is none.</param>
/// <param name="minItems">The items that are needed.</param>
/// <param name="maxItems">The items that are allowed; null for any number.</param>
/// <param name="isUnique">Whether the items have to differ, and each value is written in one way only; then there is no prefix.</param>
internal sealed class ArrayNode(
    IReadOnlyList<SchemaNode> prefix, SchemaNode? rest, int minItems, int? maxItems, bool isUnique = false) : ContainerNode
{
    private static readonly WordTerminal Empty = WordTerminal.Create([("[]"u8.ToArray(), Close)], isPunctuation: true);
    private static readonly WordTerminal Start = WordTerminal.Create([("["u8.ToArray(), 0)], isPunctuation: true);
    private static readonly WordTerminal StartOrEmpty = WordTerminal.Create(
        [("["u8.ToArray(), 0), ("[]"u8.ToArray(), Close)], isPunctuation: true);
    private static readonly WordTerminal Next = WordTerminal.Create([(","u8.ToArray(), 0)], isPunctuation: true);
    private static readonly WordTerminal End = WordTerminal.Create([("]"u8.ToArray(), Close)], isPunctuation: true);
    private static readonly WordTerminal NextOrEnd = WordTerminal.Create(
        [(","u8.ToArray(), 0), ("]"u8.ToArray(), Close)], isPunctuation: true);

    private readonly int? _maxItems = rest is null ? Math.Min(prefix.Count, maxItems ?? int.MaxValue) : maxItems;

    // From here on one item is like the next.
    private readonly int _steady = Math.Max(minItems - 1, prefix.Count);

    public static IReadOnlyList<WordTerminal> AllPunctuation => [Empty, Start, StartOrEmpty, Next, End, NextOrEnd];

    public IReadOnlyList<SchemaNode> Prefix { get; } = prefix;

    public SchemaNode? Rest { get; } = rest;

    public int MinItems { get; } = minItems;

    /// <summary>Whether the items have to differ: what has been written tells which may follow, so an answer keeps it itself.</summary>
    public bool IsUnique => isUnique;

    public SchemaNode ItemAt(int position) => position < Prefix.Count ? Prefix[position] : Rest!;

    public override IEnumerable<(Terminal Terminal, long State)> PunctuationAt(int position) => [(WordsAt(position), 0)];

    public WordTerminal WordsAt(int position)
    {
        var count = position + 1;
        var mayEnd = count >= MinItems;
        var mayGoOn = _maxItems is null || count < _maxItems;
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

    public override int PositionAfter(int position, int label) => Math.Min(position + 1, _maxItems is { } max ? max - 1 : _steady);

    public override int AlikePosition(int position, int lookahead)
    {
        var count = position + 1;
        return position < _steady || _maxItems - count <= lookahead ? position : _steady;
    }

    public override SchemaNode ValueAfter(int position, int label) => ItemAt(PositionAfter(position, label));

    protected override int MeasureHeight() => MinItems == 0
        ? 1
        : Math.Min(
            Endless,
            1
                + Enumerable.Range(0, Math.Min(MinItems, Prefix.Count + 1))
                    .Max(i => i < Prefix.Count || Rest is not null ? ItemAt(i).Height : Endless));
}
