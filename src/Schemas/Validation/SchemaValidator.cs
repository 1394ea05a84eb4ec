using System.Text.Json;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Validation;

/// <summary>
/// Validates a value against a schema, keyword by keyword as it is written. Our own, because it has to agree with the grammar that writes
/// the answers: lengths count code points, <c>1.0</c> is an integer, numbers compare exactly, and objects that name properties are closed.
/// </summary>
internal static class SchemaValidator
{
    /// <summary>The violations of one of a document's schemas.</summary>
    public static IReadOnlyList<SchemaViolation> Validate(Schema schema, JsonElement value)
    {
        var violations = new List<SchemaViolation>();
        CheckPlace(schema, value, "", violations);
        return violations;
    }

    /// <summary>Whether a value fits, objects that name properties taken to be open where nothing else is said.</summary>
    public static bool FitsOpen(Schema schema, JsonElement value) => Fits(schema, value, new Evaluated());

    private static bool Fits(Schema schema, JsonElement value, Evaluated evaluated)
    {
        var violations = new List<SchemaViolation>();
        Check(schema, value, "", violations, evaluated);
        return violations.Count == 0;
    }

    private static void CheckPlace(Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations)
    {
        var evaluated = new Evaluated();
        Check(schema, value, pointer, violations, evaluated);
        CheckClosed(value, pointer, violations, evaluated, evaluated.HasOrRequires);
    }

    private static void CheckClosed(
        JsonElement value, string pointer, List<SchemaViolation> violations, Evaluated evaluated, Func<string, bool> isSaid)
    {
        if (value.ValueKind != JsonValueKind.Object || !evaluated.AreNamed)
            return;
        foreach (var member in value.EnumerateObject())
        {
            if (!isSaid(member.Name))
            {
                evaluated.Add(member.Name);
                violations.Add(new(JsonPointer.Append(pointer, member.Name), "the property is not part of the schema."));
            }
        }
    }

    private static void Check(
        Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations, Evaluated evaluated)
    {
        if (!schema.ClosesProperties && !schema.ClosesItems)
        {
            CheckKeywords(schema, value, pointer, violations, evaluated);
            return;
        }
        var own = new Evaluated { AreNamed = schema.ClosesProperties };
        CheckKeywords(schema, value, pointer, violations, own);
        if (schema.ClosesProperties)
            CheckClosed(value, pointer, violations, own, own.Has);
        if (schema.ClosesItems && value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > own.Items)
            violations.Add(new($"{pointer}/{own.Items}", "the item is not part of the schema."));
        evaluated.Add(own);
    }

    private static void CheckKeywords(
        Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations, Evaluated evaluated)
    {
        if (schema.IsFalse)
        {
            violations.Add(new(pointer, "no value is allowed here."));
            return;
        }
        var type = JsonValues.TypeOf(value);
        if (type == ValueTypes.None || (schema.Types & type) == 0)
        {
            violations.Add(
                new(
                    pointer,
                    $"{JsonValues.Describe(type == ValueTypes.None && schema.Types == ValueTypes.All ? ValueTypes.Number : schema.Types)} "
                        + $"is needed, not {JsonValues.Describe(value)}."));
            return;
        }
        foreach (var allowed in schema.Fixed)
        {
            if (!allowed.Any(candidate => JsonValues.AreSame(candidate, value)))
                violations.Add(new(pointer, $"one of {Names(allowed)} is needed."));
            else if (type == ValueTypes.Object)
                evaluated.AddAll(value);
        }

        switch (type)
        {
            case ValueTypes.String:
                ScalarChecks.CheckText(schema, value.GetString()!, pointer, violations);
                break;
            case ValueTypes.Integer or ValueTypes.Fraction:
                ScalarChecks.CheckNumber(schema, value, pointer, violations);
                break;
            case ValueTypes.Array:
                CheckArray(schema, value, pointer, violations, evaluated);
                break;
            case ValueTypes.Object:
                CheckObject(schema, value, pointer, violations, evaluated);
                break;
        }
        CheckOthers(schema, value, pointer, violations, evaluated);
    }

    private static void CheckArray(
        Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations, Evaluated evaluated)
    {
        var length = value.GetArrayLength();
        evaluated.Items = Math.Max(evaluated.Items, schema.Items is null ? schema.PrefixItems.Count : int.MaxValue);
        if (length < schema.MinItems)
            violations.Add(new(pointer, $"at least {schema.MinItems} items are needed, not {length}."));
        if (length > schema.MaxItems)
            violations.Add(new(pointer, $"at most {schema.MaxItems} items are allowed, not {length}."));
        foreach (var (i, item) in value.EnumerateArray().Index())
        {
            if (i < schema.PrefixItems.Count)
                CheckPlace(schema.PrefixItems[i], item, $"{pointer}/{i}", violations);
            else if (schema.Items is not null)
                CheckPlace(schema.Items, item, $"{pointer}/{i}", violations);
        }

        if (!schema.HasUniqueItems)
            return;
        var items = value.EnumerateArray().ToArray();
        for (var second = 1; second < items.Length; second++)
        {
            for (var first = 0; first < second; first++)
            {
                if (JsonValues.AreSame(items[first], items[second]))
                {
                    violations.Add(new($"{pointer}/{second}", $"the item is the same as item {first}, where all have to differ."));
                    first = second;
                }
            }
        }
    }

    private static void CheckObject(
        Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations, Evaluated evaluated)
    {
        evaluated.AreNamed |= schema.Properties is not null || schema.PatternProperties is not null;
        foreach (var name in schema.Required)
        {
            evaluated.AddRequired(name);
            if (!value.TryGetProperty(name, out _))
                violations.Add(new(pointer, $"the property '{name}' is missing."));
        }
        var count = value.EnumerateObject().Select(member => member.Name).Distinct(StringComparer.Ordinal).Count();
        if (count < schema.MinProperties)
            violations.Add(new(pointer, $"at least {schema.MinProperties} properties are needed, not {count}."));
        if (count > schema.MaxProperties)
            violations.Add(new(pointer, $"at most {schema.MaxProperties} properties are allowed, not {count}."));
        foreach (var member in value.EnumerateObject())
        {
            var at = JsonPointer.Append(pointer, member.Name);
            if (schema.PropertyNames is { } names && !Fits(names, JsonSerializer.SerializeToElement(member.Name), new()))
                violations.Add(new(at, "the property's name is not allowed."));
            var isKnown = false;
            if (schema.Property(member.Name) is { } property)
            {
                isKnown = true;
                CheckPlace(property, member.Value, at, violations);
            }
            foreach (var (pattern, named) in schema.PatternProperties ?? [])
            {
                if (pattern.Fits(member.Name))
                {
                    isKnown = true;
                    CheckPlace(named, member.Value, at, violations);
                }
            }

            if (!isKnown && schema.AdditionalProperties is { IsFalse: true })
                violations.Add(new(at, "the property is not part of the schema."));
            else if (!isKnown && schema.AdditionalProperties is { } additional)
                CheckPlace(additional, member.Value, at, violations);
            if (isKnown || schema.AdditionalProperties is not null)
                evaluated.Add(member.Name);
        }
        foreach (var (name, dependent) in schema.Dependents)
        {
            if (value.TryGetProperty(name, out _))
                Check(dependent, value, pointer, violations, evaluated);
        }
    }

    private static void CheckOthers(
        Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations, Evaluated evaluated)
    {
        if (schema.Reference is { } reference)
            Check(reference, value, pointer, violations, evaluated);
        foreach (var part in schema.AllOf)
            Check(part, value, pointer, violations, evaluated);
        if (schema.AnyOf.Count > 0)
            CheckAlternatives(schema.AnyOf, mostFitting: int.MaxValue, value, pointer, violations, evaluated);
        if (schema.OneOf.Count > 0)
            CheckAlternatives(schema.OneOf, mostFitting: 1, value, pointer, violations, evaluated);
        if (schema.Not is { } not && FitsOpen(not, value))
            violations.Add(new(pointer, "the value is one that is ruled out."));
        if (schema.If is not { } condition)
            return;
        var ofCondition = new Evaluated();
        var holds = Fits(condition, value, ofCondition);
        if (holds)
            evaluated.Add(ofCondition);
        if ((holds ? schema.Then : schema.Else) is { } consequence)
            Check(consequence, value, pointer, violations, evaluated);
    }

    private static void CheckAlternatives(
        IReadOnlyList<Schema> alternatives, int mostFitting, JsonElement value, string pointer, List<SchemaViolation> violations,
        Evaluated evaluated)
    {
        List<SchemaViolation>? closest = null;
        var fitting = 0;
        foreach (var alternative in alternatives)
        {
            var found = new List<SchemaViolation>();
            var own = new Evaluated();
            Check(alternative, value, pointer, found, own);
            if (found.Count == 0)
            {
                fitting++;
                evaluated.Add(own);
            }

            // The alternative of the value's own type says more than "null is needed".
            else if (closest is null || found.TrueForAll(violation => violation.Pointer != pointer))
            {
                closest = found;
            }
        }
        if (fitting == 0)
            violations.AddRange(closest!);
        else if (fitting > mostFitting)
            violations.Add(new(pointer, $"it fits {fitting} of the alternatives, where exactly one is needed."));
    }

    private static string Names(IReadOnlyList<JsonElement> allowed) =>
        allowed.Count == 1 ? allowed[0].GetRawText() : $"[{string.Join(", ", allowed.Select(value => value.GetRawText()))}]";
}
