using System.Text.Json;
using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>The schemas of values that are none of some.</summary>
/// <param name="merger">Makes schemas.</param>
/// <param name="negation">Makes those of properties.</param>
internal sealed class DifferingValues(SchemaMerger merger, SchemaNegation negation)
{
    /// <summary>What is the same as none of some values.</summary>
    public Schema Of(string pointer, IReadOnlyList<JsonElement> values)
    {
        var differing = merger.Derive(pointer);
        var parted = values.Where(value => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array).ToArray();
        differing.Excluded = parted.Length == 0 ? values : [.. values.Where(value => !parted.Contains(value))];
        differing.AllOf = [.. parted.Select(value => Of(pointer, value))];
        return differing;
    }

    // Another object lacks a property, or has one more or another value for one; and so with arrays.
    private Schema Of(string pointer, JsonElement value)
    {
        var isObject = value.ValueKind == JsonValueKind.Object;
        var type = isObject ? ValueTypes.Object : ValueTypes.Array;
        var options = new List<Schema> { merger.Derive(pointer) };
        options[0].Types = ValueTypes.All & ~type;
        foreach (var member in isObject ? value.EnumerateObject().ToArray() : [])
        {
            options.Add(negation.With(pointer, member.Name, merger.Derive(pointer)));
            options[^1].Properties = [(member.Name, Of(pointer, [member.Value]))];
            options.Add(negation.Without(pointer, member.Name));
        }

        if (isObject)
        {
            var names = PatternAutomaton.Words(value.EnumerateObject().Select(member => member.Name), pointer);
            options.Add(merger.Derive(pointer));
            options[^1].SomeProperties =
                [new SomeProperty(names is null ? PatternAutomaton.Anything : PatternAutomaton.Anything.Except(names, pointer)!, null)];
            options[^1].Types = type;
        }

        for (var i = 0; !isObject && i <= value.GetArrayLength(); i++)
        {
            options.Add(merger.Derive(pointer));
            options[^1].Types = type;
            options[^1].MinItems = i + 1;
            if (i < value.GetArrayLength())
                options[^1].PrefixItems = [.. Enumerable.Repeat(merger.Derive(pointer), i), Of(pointer, [value[i]])];
        }

        if (!isObject && value.GetArrayLength() > 0)
        {
            options.Add(merger.Derive(pointer));
            (options[^1].Types, options[^1].MaxItems) = (type, value.GetArrayLength() - 1);
        }

        var differing = merger.Derive(pointer);
        differing.AnyOf = options;
        return differing;
    }
}
