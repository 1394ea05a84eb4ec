using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>
/// An array in which some number of items has to fit schemas beside their own. The punctuation before an item already tells which of
/// these it is counted for. A position stands for the number of items that have been written, and for how often each has been counted.
/// </summary>
/// <param name="kinds">For each place the kinds of items that may stand there; the last for all after it.</param>
/// <param name="minItems">The items that are needed.</param>
/// <param name="maxItems">The items that are allowed; null for any number.</param>
/// <param name="counted">How many items have to be counted at least and may be at most.</param>
internal sealed class CountedArrayNode(
    IReadOnlyList<IReadOnlyList<CountedItem>> kinds, int minItems, int? maxItems, IReadOnlyList<(int Min, int? Max)> counted)
    : ContainerNode
{
    /// <summary>The most schemas that items are counted for.</summary>
    public const int MostCounted = 10;

    /// <summary>So many that one item may be counted for several.</summary>
    public const int FewCounted = 3;

    private const int MostPositions = 20_000;

    private static readonly WordTerminal Empty = WordTerminal.Create([("[]"u8.ToArray(), Close)], isPunctuation: true);
    private static readonly WordTerminal End = WordTerminal.Create([("]"u8.ToArray(), Close)], isPunctuation: true);
    private static readonly WordTerminal[] First = Before("["u8);
    private static readonly WordTerminal[] Next = Before(","u8);

    private readonly int _written = Math.Max(1, maxItems ?? Math.Max(minItems, kinds.Count - 1));
    private readonly int[] _most = [.. counted.Select(count => count.Max ?? count.Min)];

    public static IReadOnlyList<WordTerminal> AllPunctuation => [Empty, End, .. First, .. Next];

    /// <summary>The number of positions after the first item.</summary>
    public long PositionCount => _most.Aggregate((long)_written, (product, most) => product * (most + 1));

    /// <summary>Whether so many positions can be told apart.</summary>
    public bool IsTooLarge => PositionCount > MostPositions;

    public override IEnumerable<(Terminal Terminal, long State)> PunctuationAt(int position)
    {
        if (MayEnd(position))
            yield return (position == Opening ? Empty : End, 0);
        foreach (var label in LabelsAfter(position))
            yield return ((position == Opening ? First : Next)[label], 0);
    }

    public bool MayEnd(int position)
    {
        var (written, counts) = Split(position);
        return written >= minItems && counts.Zip(counted).All(count => count.First >= count.Second.Min);
    }

    /// <summary>The labels of the items that may follow a position.</summary>
    public IEnumerable<int> LabelsAfter(int position)
    {
        var (written, counts) = Split(position);
        if (written >= maxItems)
            yield break;
        var following = KindsAt(written);
        for (var label = 0; label < following.Count; label++)
        {
            // Once enough have been counted it makes no difference any more.
            if (Enumerable.Range(0, counts.Length).All(i => !following[label].IsCounted(i) || counts[i] < _most[i]))
                yield return label;
        }
    }

    public override int PositionAfter(int position, int label)
    {
        var (written, counts) = Split(position);
        var kind = KindsAt(written)[label];
        var after = 0;
        for (var i = counts.Length - 1; i >= 0; i--)
            after = (after * (_most[i] + 1)) + Math.Min(_most[i], counts[i] + (kind.IsCounted(i) ? 1 : 0));
        return (after * _written) + Math.Min(written + 1, _written) - 1;
    }

    public override SchemaNode ValueAfter(int position, int label) => KindsAt(Split(position).Written)[label].Value;

    protected override int MeasureHeight() => MayEnd(Opening)
        ? 1
        : Math.Min(Endless, 1 + Enumerable.Range(0, counted.Count).Max(HeightOf));

    // Of the lowest item that is counted for a schema, where one is needed.
    private int HeightOf(int schema) => kinds.SelectMany(at => at)
        .Where(kind => counted[schema].Min == 0 || kind.IsCounted(schema))
        .Select(kind => kind.Value.Height)
        .DefaultIfEmpty(Endless)
        .Min();

    private IReadOnlyList<CountedItem> KindsAt(int index) => kinds[Math.Min(index, kinds.Count - 1)];

    private (int Written, int[] Counts) Split(int position)
    {
        var counts = new int[_most.Length];
        if (position == Opening)
            return (0, counts);
        var rest = position / _written;
        for (var i = 0; i < counts.Length; i++)
            (counts[i], rest) = (rest % (_most[i] + 1), rest / (_most[i] + 1));
        return ((position % _written) + 1, counts);
    }

    private static WordTerminal[] Before(ReadOnlySpan<byte> text)
    {
        var words = new WordTerminal[Math.Max(1 << FewCounted, MostCounted + 1)];
        for (var label = 0; label < words.Length; label++)
            words[label] = WordTerminal.Create([(text.ToArray(), label)], isPunctuation: true);
        return words;
    }
}
