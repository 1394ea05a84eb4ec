using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <content>The ways not to fit each keyword.</content>
internal sealed partial class SchemaNegation
{
    // Each two of them are an option of their own.
    private const int MostAlternatives = 8;

    private IEnumerable<Schema> Options(Schema schema)
    {
        if (schema.Types != ValueTypes.All)
            yield return Derive(schema, option => option.Types = ValueTypes.All & ~schema.Types);
        foreach (var values in schema.Fixed)
            yield return _differing.Of(schema.Pointer, values);
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
            Lose(schema, "x-vocabulary cannot be ruled out");
        foreach (var rule in schema.Texts)
        {
            if (rule.IsNarrow)
            {
                Lose(schema, $"the {rule.Keyword} '{rule.Value}' cannot be ruled out");
            }
            else if (Texts(() => PatternAutomaton.Anything.Except(rule.Fitting, schema.Pointer)) is { } others)
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
        if (schema.MultipleOf is { } divisor)
            yield return Derive(schema, option => (option.Types, option.NotMultiplesOf) = (ValueTypes.Number, [divisor]));
        foreach (var other in schema.NotMultiplesOf)
            yield return Derive(schema, option => (option.Types, option.MultipleOf) = (ValueTypes.Number, other));
    }

    private IEnumerable<Schema> OfArrays(Schema schema)
    {
        if (schema.MinItems is > 0 and var least)
            yield return Derive(schema, option => (option.Types, option.MaxItems) = (ValueTypes.Array, least - 1));
        if (schema.MaxItems is { } most)
            yield return Derive(schema, option => (option.Types, option.MinItems) = (ValueTypes.Array, most + 1));
        for (var i = 0; i < schema.PrefixItems.Count; i++)
        {
            if (Try(schema.PrefixItems[i]) is { IsFalse: false } other)
            {
                var before = Enumerable.Repeat(_merger.Derive(schema.Pointer), i);
                yield return Derive(
                    schema,
                    option =>
                        (option.Types, option.MinItems, option.PrefixItems) = (ValueTypes.Array, before.Count() + 1, [.. before, other]));
            }
        }

        if (schema.Items is { IsFalse: true })
            yield return Derive(schema, option => (option.Types, option.MinItems) = (ValueTypes.Array, schema.PrefixItems.Count + 1));
        else if (schema.Items is { } items && Try(items) is { IsFalse: false } other)
            yield return Counting(schema, new SomeItems(other, schema.PrefixItems.Count, 1, null));
        foreach (var some in schema.SomeItems)
        {
            if (some.Min > 1)
                yield return Counting(schema, some with { Min = 0, Max = some.Min - 1 });
            else if (some.Min > 0 && Try(some.Item) is { } other)
                yield return Without(schema, some, other);
            if (some.Max is { } allowed)
                yield return Counting(schema, some with { Min = allowed + 1, Max = null });
        }

        if (schema.HasUniqueItems)
            Lose(schema, "uniqueItems cannot be ruled out");
    }

    private IEnumerable<Schema> OfObjects(Schema schema)
    {
        foreach (var name in schema.Required)
            yield return Derive(schema, option => (option.Types, option.Absent) = (ValueTypes.Object, [name]));
        foreach (var name in schema.Absent)
            yield return Derive(schema, option => (option.Types, option.Required) = (ValueTypes.Object, [name]));
        foreach (var (name, property) in schema.Properties ?? [])
        {
            if (Try(property) is { IsFalse: false } other)
            {
                yield return Derive(
                    schema, option => (option.Types, option.Required, option.Properties) = (ValueTypes.Object, [name], [(name, other)]));
            }
        }

        if (schema.MinProperties is > 0 and var least)
            yield return Derive(schema, option => (option.Types, option.MaxProperties) = (ValueTypes.Object, least - 1));
        if (schema.MaxProperties is { } most)
            yield return Derive(schema, option => (option.Types, option.MinProperties) = (ValueTypes.Object, most + 1));
        foreach (var (names, named) in schema.PatternProperties ?? [])
        {
            if (Try(named) is { IsFalse: false } other)
                yield return Having(schema, new SomeProperty(names, named.IsFalse ? null : other));
        }

        if (schema.AdditionalProperties is { } rest
            && Try(rest) is { IsFalse: false } others
            && Texts(() => UnlistedNames.Of(schema)) is { } unnamed)
        {
            yield return Having(schema, new SomeProperty(unnamed, rest.IsFalse ? null : others));
        }

        if (schema.PropertyNames is { } rule && Texts(() => OtherTexts(rule)) is { } wrong)
            yield return Having(schema, new SomeProperty(wrong, null));
        foreach (var some in schema.SomeProperties)
        {
            if ((some.Value is { } value ? Try(value) : _merger.Nothing) is { } none)
                yield return Derive(schema, option => option.PatternProperties = [(some.Names, none)]);
        }

        if (schema.IsClosedHere || schema.ClosesItems)
            Lose(schema, "unevaluatedProperties and unevaluatedItems cannot be ruled out");
    }

    private PatternAutomaton? OtherTexts(Schema rule)
    {
        var texts = _merger.TextsOf(rule);
        if (!_merger.IsExact(rule))
            throw Refuse(rule, "propertyNames cannot be ruled out");
        return texts is null ? PatternAutomaton.Anything
            : texts.IsAnything ? null
            : PatternAutomaton.Anything.Except(texts, rule.Pointer);
    }

    private Schema Without(Schema schema, SomeItems some, Schema other) => Derive(schema, option =>
    {
        (option.Types, option.Items) = (ValueTypes.Array, other);
        option.PrefixItems = [.. Enumerable.Repeat(_merger.Derive(schema.Pointer), some.From)];
    });

    private Schema Having(Schema schema, SomeProperty some) =>
        Derive(schema, option => (option.Types, option.SomeProperties) = (ValueTypes.Object, [some]));

    private Schema Counting(Schema schema, SomeItems some) =>
        Derive(schema, option => (option.Types, option.SomeItems) = (ValueTypes.Array, [some]));

    private IEnumerable<Schema> OfOthers(Schema schema)
    {
        if (schema.Excluded.Count > 0)
            yield return Derive(schema, option => option.Fixed.Add(schema.Excluded));
        foreach (var part in schema.Reference is { } reference ? schema.AllOf.Prepend(reference) : schema.AllOf)
        {
            if (Try(part) is { IsFalse: false } other)
                yield return other;
        }

        if (schema.AnyOf.Count > 0 && TryAll(schema.AnyOf) is { } none)
            yield return Derive(schema, option => option.AllOf = none);
        foreach (var option in OfOneOf(schema))
            yield return option;
        if (schema.Not is { } not)
            yield return Derived(not);
        if (schema.If is { } condition && schema.Then is { } then && Try(then) is { } notThen)
            yield return All(Derived(condition), notThen);
        if (schema.If is { } notHeld && schema.Else is { } otherwise && TryAll([notHeld, otherwise]) is [var first, var second])
            yield return All(first, second);
        foreach (var (name, dependent) in schema.Dependents)
        {
            if (Try(dependent) is { } other)
                yield return With(schema.Pointer, name, other);
        }
    }

    // None of the alternatives fits, or two do.
    private IEnumerable<Schema> OfOneOf(Schema schema)
    {
        if (schema.OneOf.Count > 0 && TryAll(schema.OneOf) is { } none)
            yield return Derive(schema, option => option.AllOf = none);
        if (schema.OneOf.Count > MostAlternatives)
        {
            Lose(schema, $"oneOf with more than {MostAlternatives} alternatives cannot be ruled out");
            yield break;
        }

        for (var i = 0; i < schema.OneOf.Count; i++)
        {
            for (var j = i + 1; j < schema.OneOf.Count; j++)
                yield return All(Derived(schema.OneOf[i]), Derived(schema.OneOf[j]));
        }
    }
}
