using System.Numerics;
using System.Text.Json;
using Qwen35Batch.Schemas.Merging;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Validation;
using Qwen35Batch.Schemas.Writing;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>Finds the values of schemas that leave few.</summary>
internal static class FixedItems
{
    /// <summary>The only items that there may be, or null.</summary>
    public static List<string>? Of(Conjunction schemas, SchemaMerger merger)
    {
        var (found, known) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var value in merger.Alternatives(schemas))
        {
            if ((value.Fixed ?? FewValues(value)) is not { } few)
                return null;
            found.AddRange(few.Where(item => known.Add(JsonValues.Canonical(item))).Select(JsonText.Write));
        }

        return found;
    }

    /// <summary>The values of types that have few: booleans, null, integers of a short range.</summary>
    private static JsonElement[]? FewValues(MergedValue value)
    {
        IEnumerable<object?> all = value.Types.HasFlag(ValueTypes.Null) ? [null] : [];
        if (value.Types.HasFlag(ValueTypes.Boolean))
            all = all.Concat([false, true]);
        if (value.Types.HasFlag(ValueTypes.Integer))
        {
            if (MergedNumber.Of(value) is not { Low: { } low, High: { } high })
                return null;
            var (first, count) = (low.Ceiling(0), high.Floor(0) - low.Ceiling(0) + 1);
            if (count < 0 || count > 2 * UniqueArrayNode.MostValues || BigInteger.Abs(first) > int.MaxValue / 2)
                return null;
            all = all.Concat(Enumerable.Range((int)first, (int)count).Cast<object>());
        }

        return (value.Types & ~(ValueTypes.Null | ValueTypes.Boolean | ValueTypes.Integer)) != 0
            ? null
            :
            [
                .. all.Select(item => JsonSerializer.SerializeToElement(item))
                    .Where(item => value.Members.All(member => SchemaValidator.FitsItself(member, item)))
            ];
    }
}
