using System.Runtime.CompilerServices;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>The schemas that fit exactly what others do not.</summary>
internal sealed class SchemaNegation(SchemaMerger merger)
{
    private const int MaxDepth = 150;

    // Each two of them are an option of their own.
    private const int MostAlternatives = 8;

    private readonly Dictionary<Schema, Schema?> _known = [];
    private readonly Dictionary<(Schema, Schema?), Schema> _pairs = [];
    private readonly Dictionary<Schema, Schema> _derived = [];
    private readonly Dictionary<(string, string, Schema?), Schema> _named = [];
    private int _depth;

    /// <exception cref="UnsupportedSchemaException">It cannot be told what does not fit the schema.</exception>
    public Schema Of(Schema schema)
    {
        if (_known.TryGetValue(schema, out var known))
            return known ?? throw Refuse(schema, "it leads back to itself");
        if (_depth > MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Refuse(schema, $"it nests more than {MaxDepth} schemas");
        _known[schema] = null;
        var negated = merger.Derive(schema.Pointer);
        List<Schema> options;
        _depth++;
        try
        {
            options = schema.IsFalse ? [merger.Derive(schema.Pointer)] : [.. Options(schema)];
        }
        finally
        {
            _depth--;
        }

        if (options.Count == 0)
            negated.IsFalse = true;
        else
            negated.AnyOf = options;
        return _known[schema] = negated;
    }

    /// <summary>Both at once.</summary>
    public Schema All(Schema first, Schema? second)
    {
        if (second is null)
            return first;
        if (_pairs.TryGetValue((first, second), out var known))
            return known;
        var both = merger.Derive(first.Pointer);
        both.AllOf = [first, second];
        return _pairs[(first, second)] = both;
    }

    /// <summary>An object without a property, or another value.</summary>
    public Schema Without(string pointer, string name)
    {
        if (_named.TryGetValue((pointer, name, null), out var known))
            return known;
        var without = merger.Derive(pointer);
        without.Absent = [name];
        return _named[(pointer, name, null)] = without;
    }

    /// <summary>An object with a property, and what then must hold.</summary>
    public Schema With(string pointer, string name, Schema consequence)
    {
        if (_named.TryGetValue((pointer, name, consequence), out var known))
            return known;
        var with = merger.Derive(pointer);
        with.Types = ValueTypes.Object;
        with.Required = [name];
        with.AllOf = [consequence];
        return _named[(pointer, name, consequence)] = with;
    }

    private IEnumerable<Schema> Options(Schema schema)
    {
        if (schema.Types != ValueTypes.All)
            yield return Derive(schema, option => option.Types = ValueTypes.All & ~schema.Types);
        foreach (var values in schema.Fixed)
            yield return Derive(schema, option => option.Excluded = values);
        foreach (var option in OfScalars(schema).Concat(OfArrays(schema)).Concat(OfObjects(schema)).Concat(OfOthers(schema)))
            yield return option;
    }

    private IEnumerable<Schema> OfScalars(Schema schema)
    {
        if (schema.MinLength is > 0 and var least)
            yield return Derive(schema, option => (option.Types, option.MaxLength) = (ValueTypes.String, least - 1));
        if (schema.MaxLength is { } most)
            yield return Derive(schema, option => (option.Types, option.MinLength) = (ValueTypes.String, most + 1));
        if (schema.Vocabularies.Count > 0)
            throw Refuse(schema, "x-vocabulary cannot be ruled out");
        foreach (var rule in schema.Texts)
        {
            if (PatternAutomaton.Anything.Except(rule.Fitting, schema.Pointer) is { } others)
            {
                yield return Derive(schema, option =>
                {
                    option.Types = ValueTypes.String;
                    option.Texts.Add(rule with { Fitting = others });
                });
            }
        }

        if (schema.Minimum is { } minimum)
            yield return Derive(schema, option => (option.Types, option.ExclusiveMaximum) = (ValueTypes.Number, minimum));
        if (schema.Maximum is { } maximum)
            yield return Derive(schema, option => (option.Types, option.ExclusiveMinimum) = (ValueTypes.Number, maximum));
        if (schema.ExclusiveMinimum is { } above)
            yield return Derive(schema, option => (option.Types, option.Maximum) = (ValueTypes.Number, above));
        if (schema.ExclusiveMaximum is { } below)
            yield return Derive(schema, option => (option.Types, option.Minimum) = (ValueTypes.Number, below));
        if (schema.MultipleOf is not null)
            throw Refuse(schema, "multipleOf cannot be ruled out");
    }

    private IEnumerable<Schema> OfArrays(Schema schema)
    {
        if (schema.MinItems is > 0 and var least)
            yield return Derive(schema, option => (option.Types, option.MaxItems) = (ValueTypes.Array, least - 1));
        if (schema.MaxItems is { } most)
            yield return Derive(schema, option => (option.Types, option.MinItems) = (ValueTypes.Array, most + 1));
        for (var i = 0; i < schema.PrefixItems.Count; i++)
        {
            if (Of(schema.PrefixItems[i]) is { IsFalse: false } other)
            {
                var before = Enumerable.Repeat(merger.Derive(schema.Pointer), i);
                yield return Derive(
                    schema,
                    option =>
                        (option.Types, option.MinItems, option.PrefixItems) = (ValueTypes.Array, before.Count() + 1, [.. before, other]));
            }
        }

        if (schema.Items is { IsFalse: true })
            yield return Derive(schema, option => (option.Types, option.MinItems) = (ValueTypes.Array, schema.PrefixItems.Count + 1));
        else if (schema.Items is { } items && !Of(items).IsFalse)
            throw Refuse(schema, "items cannot be ruled out");
        if (schema.HasUniqueItems)
            throw Refuse(schema, "uniqueItems cannot be ruled out");
    }

    private IEnumerable<Schema> OfObjects(Schema schema)
    {
        foreach (var name in schema.Required)
            yield return Derive(schema, option => (option.Types, option.Absent) = (ValueTypes.Object, [name]));
        foreach (var name in schema.Absent)
            yield return Derive(schema, option => (option.Types, option.Required) = (ValueTypes.Object, [name]));
        foreach (var (name, property) in schema.Properties ?? [])
        {
            if (Of(property) is { IsFalse: false } other)
            {
                yield return Derive(
                    schema, option => (option.Types, option.Required, option.Properties) = (ValueTypes.Object, [name], [(name, other)]));
            }
        }

        if (schema.MinProperties is > 0 and var least)
            yield return Derive(schema, option => (option.Types, option.MaxProperties) = (ValueTypes.Object, least - 1));
        if (schema.MaxProperties is { } most)
            yield return Derive(schema, option => (option.Types, option.MinProperties) = (ValueTypes.Object, most + 1));
        foreach (var (part, keyword) in (ReadOnlySpan<(Schema?, string)>)[
            (schema.AdditionalProperties, "additionalProperties"),
            (schema.PropertyNames, "propertyNames")
        ])
        {
            if (part is not null && !Of(part).IsFalse)
                throw Refuse(schema, $"{keyword} cannot be ruled out");
        }

        if ((schema.PatternProperties ?? []).Any(pattern => !Of(pattern.Schema).IsFalse) || schema.IsClosedHere || schema.ClosesItems)
            throw Refuse(schema, "patternProperties and unevaluatedProperties cannot be ruled out");
    }

    private IEnumerable<Schema> OfOthers(Schema schema)
    {
        if (schema.Excluded.Count > 0)
            yield return Derive(schema, option => option.Fixed.Add(schema.Excluded));
        if (schema.Reference is { } reference)
            yield return Of(reference);
        foreach (var part in schema.AllOf)
            yield return Of(part);
        if (schema.AnyOf.Count > 0)
            yield return Derive(schema, option => option.AllOf = [.. schema.AnyOf.Select(Of)]);
        foreach (var option in OfOneOf(schema))
            yield return option;
        if (schema.Not is { } not)
            yield return Derived(not);
        if (schema.If is { } condition && schema.Then is { } then)
            yield return All(Derived(condition), Of(then));
        if (schema.If is { } other && schema.Else is { } otherwise)
            yield return All(Of(other), Of(otherwise));
        foreach (var (name, dependent) in schema.Dependents)
            yield return With(schema.Pointer, name, Of(dependent));
    }

    // None of the alternatives fits, or two do.
    private IEnumerable<Schema> OfOneOf(Schema schema)
    {
        if (schema.OneOf.Count == 0)
            yield break;
        if (schema.OneOf.Count > MostAlternatives)
            throw Refuse(schema, $"oneOf with more than {MostAlternatives} alternatives cannot be ruled out");
        yield return Derive(schema, option => option.AllOf = [.. schema.OneOf.Select(Of)]);
        for (var i = 0; i < schema.OneOf.Count; i++)
        {
            for (var j = i + 1; j < schema.OneOf.Count; j++)
                yield return All(Derived(schema.OneOf[i]), Derived(schema.OneOf[j]));
        }
    }

    /// <summary>The same schema where it only follows from others: it asks the same and says no properties.</summary>
    private Schema Derived(Schema schema)
    {
        if (schema.IsDerived)
            return schema;
        if (_derived.TryGetValue(schema, out var known))
            return known;
        var derived = _derived[schema] = merger.Derive(schema.Pointer);
        derived.CopyFrom(schema, Derived);
        return derived;
    }

    private Schema Derive(Schema schema, Action<Schema> fill)
    {
        var option = merger.Derive(schema.Pointer);
        fill(option);
        return option;
    }

    private static UnsupportedSchemaException Refuse(Schema schema, string what) =>
        new(schema.Pointer, $"an answer cannot be held to what does not fit this schema: {what}.");
}
