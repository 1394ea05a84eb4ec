using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Validation;

namespace Qwen35Batch.Schemas.Hints;

/// <summary>
/// Finds keywords of one schema that contradict each other. JSON Schema allows it, and what is optional is then left out; whoever wrote it
/// meant something else.
/// </summary>
internal static class BoundHints
{
    /// <param name="schema">What was read.</param>
    public static IEnumerable<SchemaHint> Of(Schema schema)
    {
        var hints = new[]
        {
            Counts(schema, "minLength", schema.MinLength, "maxLength", schema.MaxLength, "text"),
            Counts(schema, "minItems", schema.MinItems, "maxItems", schema.MaxItems, "array"),
            Counts(schema, "minProperties", schema.MinProperties, "maxProperties", schema.MaxProperties, "object"),
            Numbers(schema),
            Fixed(schema),
        };
        return hints.Concat(Required(schema)).OfType<SchemaHint>();
    }

    private static SchemaHint? Counts(Schema schema, string least, int? min, string most, int? max, string kind) =>
        min > max ? At(schema, least, $"no {kind} fits: {least} is {min}, and {most} is {max}.") : null;

    private static SchemaHint? Numbers(Schema schema)
    {
        var (least, above) = (schema.Minimum, schema.ExclusiveMinimum);
        var (most, below) = (schema.Maximum, schema.ExclusiveMaximum);
        foreach (var (lower, isLowerOut, lowerName) in Given(least, "minimum", above, "exclusiveMinimum"))
        {
            foreach (var (upper, isUpperOut, upperName) in Given(most, "maximum", below, "exclusiveMaximum"))
            {
                var order = lower.CompareTo(upper);
                if (order > 0 || (order == 0 && (isLowerOut || isUpperOut)))
                    return At(schema, lowerName, $"no number fits: {lowerName} is {lower}, and {upperName} is {upper}.");
            }
        }

        return null;
    }

    private static IEnumerable<(ExactDecimal Bound, bool IsOut, string Name)> Given(
        ExactDecimal? bound, string name, ExactDecimal? exclusive, string exclusiveName)
    {
        if (bound is { } reached)
            yield return (reached, false, name);
        if (exclusive is { } missed)
            yield return (missed, true, exclusiveName);
    }

    private static SchemaHint? Fixed(Schema schema)
    {
        if (schema.Types == ValueTypes.None || schema.Fixed.Count != 1)
            return null;
        var values = schema.Fixed[0];
        var never = values.Where(value => (JsonValues.TypeOf(value) & schema.Types) == 0).Select(value => value.GetRawText()).ToArray();
        return values.Count == 0 ? At(schema, "enum", "no value fits: the list of values is empty.")
            : never.Length == 0 ? null
            : new(
                schema.Pointer,
                $"{string.Join(", ", never.Take(8))}{(never.Length > 8 ? $" and {never.Length - 8} more" : "")} never "
                    + $"{(never.Length == 1 ? "fits" : "fit")}: the type says otherwise"
                    + $"{(never.Length == values.Count ? ", so that no value is left" : "")}.");
    }

    private static IEnumerable<SchemaHint> Required(Schema schema) => schema.AdditionalProperties is { IsFalse: true }
        ? schema.Required
            .Where(name => schema.Property(name) is null && schema.PatternProperties is null)
            .Select(name => At(schema, "required", $"no object fits: '{name}' has to be there, and additionalProperties is false."))
        : [];

    private static SchemaHint At(Schema schema, string keyword, string reason) => new(JsonPointer.Append(schema.Pointer, keyword), reason);
}
