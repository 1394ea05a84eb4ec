using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>
/// An object: the properties with a name in the order of the schema, then those with other names; where some of these have to be there,
/// they are the last. A position is the index of the last property, all others being one more than the last, those that have to be there
/// one more again each, and where their number matters how many there are.
/// </summary>
internal sealed class ObjectNode : ContainerNode
{
    private const int MaxPositions = 100_000;

    private readonly int[] _nextRequired;
    private readonly int _requiredCount;
    private readonly int _mostCounted;
    private readonly int _needed;
    private readonly int _places;

    /// <param name="properties">Those with a name.</param>
    /// <param name="others">Those without.</param>
    /// <param name="min">The properties that are needed.</param>
    /// <param name="max">The properties that are allowed, or null.</param>
    public ObjectNode(IReadOnlyList<ObjectProperty> properties, IReadOnlyList<OtherProperties> others, int min, int? max)
    {
        Properties = properties;
        Others = others;
        _requiredCount = properties.Count(property => property.IsRequired);
        Min = min > _requiredCount ? min : 0;
        Max = others.Count > 0 || max < properties.Count ? max : null;
        _mostCounted = Max ?? Min;
        _needed = others.Select(other => other.Needed).DefaultIfEmpty(0).Max();
        _places = properties.Count + 1 + _needed;
        _nextRequired = new int[properties.Count + 2 + _needed];
        _nextRequired.AsSpan(properties.Count).Fill(properties.Count);
        for (var i = properties.Count - 1; i >= 0; i--)
            _nextRequired[i] = properties[i].IsRequired ? i : _nextRequired[i + 1];
        Names = new NameTerminal(this);
    }

    public IReadOnlyList<ObjectProperty> Properties { get; }

    public IReadOnlyList<OtherProperties> Others { get; }

    public int Min { get; }

    public int? Max { get; }

    /// <summary>Whether the names that the schema does not list have to differ.</summary>
    public bool HasDifferentNames { get; init; }

    /// <summary>Whether so many positions can be told apart.</summary>
    public bool IsTooLarge => (long)_places * (_mostCounted + 1) > MaxPositions;

    /// <summary>The number of positions after the first value.</summary>
    public int PositionCount => _places * (_mostCounted + 1);

    /// <summary>Writes the names, and the end.</summary>
    public NameTerminal Names { get; }

    /// <summary>Whether the number of properties matters.</summary>
    public bool IsCounted => _mostCounted > 0;

    /// <summary>The properties that may follow a position: from the first index to the last.</summary>
    public (int First, int Last) NamesAfter(int position)
    {
        var (index, count) = Split(position);
        return count >= Max ? (0, -1) : (index + 1, Math.Min(_nextRequired[index + 1], Properties.Count - 1));
    }

    public bool MayEnd(int position)
    {
        var (index, count) = Split(position);
        return _nextRequired[index + 1] == Properties.Count && count >= Min && (_needed == 0 || index == _places - 1);
    }

    /// <summary>The properties without a name that may follow a position.</summary>
    public IReadOnlyList<OtherProperties> OthersAfter(int position)
    {
        var (index, count) = Split(position);
        if (_nextRequired[index + 1] < Properties.Count || count >= Max)
            return [];
        var written = Math.Max(index - Properties.Count, 0);
        return _needed == 0 ? Others : [.. Others.Where(other => other.Needed == 0 ? written == 0 : other.Needed == written + 1)];
    }

    public override IEnumerable<(Terminal Terminal, long State)> PunctuationAt(int position)
    {
        var (first, last) = NamesAfter(position);
        if (first <= last || MayEnd(position))
            yield return (Names, NameTerminal.Start(position));
        foreach (var other in OthersAfter(position))
            yield return (other.Names, KeyTerminal.Start(position == Opening));
    }

    public override int PositionAfter(int position, int label)
    {
        var (_, count) = Split(position);
        var index = label < Properties.Count ? label : Properties.Count + Others[label - Properties.Count].Needed;
        return index + (_places * Math.Min(count + 1, _mostCounted));
    }

    public override SchemaNode ValueAfter(int position, int label) =>
        label < Properties.Count ? Properties[label].Value : Others[label - Properties.Count].Value;

    protected override int MeasureHeight() =>
        Math.Min(
            Endless,
            1
                + Math.Max(
                    Properties.Where(property => property.IsRequired).Select(property => property.Value.Height).DefaultIfEmpty(0).Max(),
                    Others.Where(other => other.Needed > 0).GroupBy(other => other.Needed)
                        .Select(ways => ways.Min(other => other.Value.Height)).DefaultIfEmpty(0).Max()));

    private (int Index, int Count) Split(int position) =>
        position == Opening ? (Opening, 0) : (position % _places, position / _places);
}
