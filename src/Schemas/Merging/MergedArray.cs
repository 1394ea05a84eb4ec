using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>What schemas together ask of an array.</summary>
/// <param name="Prefix">The first items, each with its own schemas.</param>
/// <param name="Rest">The schemas of the items after them.</param>
/// <param name="Min">The items that are needed.</param>
/// <param name="Max">The items that are allowed, or null.</param>
/// <param name="IsUnique">Whether all have to differ.</param>
/// <param name="Counted">How many of them have to fit which schemas beside their own.</param>
internal sealed record MergedArray(
    IReadOnlyList<Conjunction> Prefix, Conjunction Rest, int Min, int? Max, bool IsUnique, IReadOnlyList<SomeItems> Counted)
{
    public bool IsEmpty => Min > Max || Counted.Any(some => some.Min > some.Max || some.Min + some.From > Max);

    public Conjunction ItemAt(int i) => i < Prefix.Count ? Prefix[i] : Rest;

    /// <param name="value">The schemas.</param>
    /// <param name="merger">Tells what follows from others.</param>
    public static MergedArray Of(MergedValue value, SchemaMerger merger)
    {
        var min = value.Members.Max(member => member.MinItems) ?? 0;
        var max = value.Members.Min(member => member.MaxItems);
        var count = Math.Min(value.Members.Select(member => member.PrefixItems.Count).DefaultIfEmpty(0).Max(), max ?? int.MaxValue);
        var prefix = Enumerable.Range(0, count)
            .Select(i => new Conjunction(value.Members.Select(member => ItemAt(member, i)).OfType<Schema>()))
            .ToList();
        var closed = prefix.FindIndex(item => item.IsFalse);
        if (closed >= 0)
            prefix.RemoveRange(closed, prefix.Count - closed);
        var rest = new Conjunction(value.Members.Select(member => member.Items).OfType<Schema>());
        var written = value.Members.Where(member => !member.IsDerived).ToArray();
        var isClosed = closed >= 0 || rest.IsFalse
            || (value.Members.Any(member => member.ClosesItems) && written.All(member => member.Items is null));
        if (isClosed && closed < 0 && !rest.IsFalse)
            prefix = prefix.Take(written.Select(member => member.PrefixItems.Count).DefaultIfEmpty(0).Max()).ToList();
        return new MergedArray(
            prefix,
            rest,
            min,
            isClosed ? Math.Min(prefix.Count, max ?? int.MaxValue) : max,
            value.Members.Any(member => member.HasUniqueItems),
            [
                .. value.Members.SelectMany(member => member.SomeItems)
                    .Select(some => some with { Item = merger.Derived(some.Item) })
                    .Distinct()
            ]);
    }

    private static Schema? ItemAt(Schema member, int i) => i < member.PrefixItems.Count ? member.PrefixItems[i] : member.Items;
}
