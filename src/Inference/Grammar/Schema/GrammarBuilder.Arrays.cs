using System.Numerics;
using System.Text.Json;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Merging;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <content>Arrays: of any items, of items that have to differ, and of items that are counted.</content>
internal sealed partial class GrammarBuilder
{
    private SchemaNode? Array(MergedValue value, bool isItem)
    {
        RefuseExcluded(value, "an array", JsonValueKind.Array);
        var array = MergedArray.Of(value, _merger);
        if (array.IsEmpty)
        {
            return array.Min > array.Max
                ? Never<ArrayNode>(
                    $"{value.Pointer}/minItems", $"minItems ({array.Min}) is above maxItems ({array.Max}), so no array fits.")
                : Never<ArrayNode>($"{value.Pointer}/contains", "more items have to fit than there may be, so no array fits.");
        }

        if (array.IsUnique && array.Max is not (0 or 1))
            return Unique(value, array, isItem);
        if (array.Counted.Count > 0)
            return Counted(value, array, isItem);
        var prefix = array.Prefix.Take(array.Max ?? int.MaxValue).Select(item => NodeOf(item, isItem)).ToArray();
        var rest = array.Max <= prefix.Length ? null : NodeOf(array.Rest, isItem);
        return _shared.Of(
            SharedNodes.Array(prefix, rest, array.Min, array.Max), () => Keep(new ArrayNode(prefix, rest, array.Min, array.Max)));
    }

    private CountedArrayNode Counted(MergedValue value, MergedArray array, bool isItem)
    {
        if (array.Counted.Count > CountedArrayNode.MostCounted)
        {
            throw new UnsupportedSchemaException(
                $"{value.Pointer}/contains",
                $"items are counted for at most {CountedArrayNode.MostCounted} schemas; write fewer contains.");
        }

        var places = Math.Max(array.Prefix.Count, array.Counted.Max(some => some.From)) + 1;
        var kinds = Enumerable.Range(0, Math.Min(places, array.Max ?? places)).Select(at => KindsAt(array, at, isItem).ToArray()).ToArray();
        var counted = array.Counted.Select(some => (some.Min, some.Max)).ToArray();
        return _shared.Of(SharedNodes.Counted(kinds, array.Min, array.Max, counted), () =>
        {
            var node = new CountedArrayNode(kinds, array.Min, array.Max, counted);
            _positions += node.PositionCount;
            return node.IsTooLarge || _positions > MaxPositions
                ? throw new UnsupportedSchemaException(
                    $"{value.Pointer}/contains", "so many items cannot be counted; lower maxItems or minItems.")
                : Keep(node);
        });
    }

    /// <summary>The kinds of items at a place: which of the counted schemas they are written to fit.</summary>
    private IEnumerable<CountedItem> KindsAt(MergedArray array, int at, bool isItem)
    {
        for (var counts = 0; counts < 1 << array.Counted.Count; counts++)
        {
            // Of many schemas an item is counted for one at most: all that it could be counted for at once are too many.
            if (array.Counted.Count > CountedArrayNode.FewCounted && BitOperations.PopCount((uint)counts) > 1)
                continue;
            var schemas = array.ItemAt(at).Schemas.ToList();
            var isKind = true;
            foreach (var (i, some) in array.Counted.Index())
            {
                var isCounted = (counts >> i & 1) != 0;
                isKind &= !isCounted || at >= some.From;
                if (isCounted)
                    schemas.Add(some.Item);
                else if (some.Max is not null && at >= some.From)
                    schemas.Add(_merger.Negated(some.Item));
            }

            if (isKind)
                yield return new CountedItem(NodeOf(new Conjunction(schemas), isItem), counts);
        }
    }

    private ContainerNode? Unique(MergedValue value, MergedArray array, bool isItem)
    {
        if (array.Counted.Count > 0)
            throw OneWriting.Refuse(value.Pointer, "items that contains counts");
        if (array.Prefix.Count > 0)
            return Differing(value, array, isItem);
        var items = FixedItems.Of(array.Rest, _merger);
        if (items is not { Count: <= UniqueArrayNode.MostValues })
        {
            // Items are told apart at one level only: an array within has one item at most.
            if (isItem)
            {
                return array.Min > 1
                    ? throw OneWriting.Refuse(value.Pointer, "items that hold such arrays of several items themselves")
                    : Keep(new ArrayNode([], NodeOf(array.Rest, isItem), array.Min, 1));
            }

            var node = Keep(new ArrayNode([], NodeOf(array.Rest, isItem: true), array.Min, array.Max, isUnique: true));
            _unique.Add((node, value.Pointer));
            return node;
        }

        if (isItem)
            OneWriting.Check(value.Pointer, items);
        return items.Count < array.Min
            ? Never<UniqueArrayNode>($"{value.Pointer}/uniqueItems", "there are too few different items.")
            : Keep(
                new UniqueArrayNode(
                    [.. items.Select(item => Words([item]))], array.Min, Math.Min(array.Max ?? items.Count, items.Count)));
    }

    /// <summary>Items of which no two can be the same: as many as have schemas of their own that exclude each other.</summary>
    private ArrayNode Differing(MergedValue value, MergedArray array, bool isItem)
    {
        var count = 1;
        while (count < Math.Min(array.Prefix.Count, array.Max ?? int.MaxValue)
            && Enumerable.Range(0, count).All(i =>
                _merger.IsSurelyEmpty(new Conjunction([.. array.Prefix[i].Schemas, .. array.Prefix[count].Schemas]))))
        {
            count++;
        }

        return count < array.Min
            ? throw OneWriting.Refuse(value.Pointer, "items that each have a schema of their own (prefixItems) and may be the same")
            : Keep(new ArrayNode([.. array.Prefix.Take(count).Select(item => NodeOf(item, isItem))], null, array.Min, count));
    }
}
