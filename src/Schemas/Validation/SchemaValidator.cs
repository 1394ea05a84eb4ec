using System.Text.Json;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Validation;

/// <summary>
/// Validates a value against a schema, keyword by keyword as it is written. Our own, because it has to agree with the grammar that writes
/// the answers: lengths count code points, <c>1.0</c> is an integer, numbers compare exactly, and objects that name properties are closed
/// (<see cref="ClosedObjects"/>).
/// </summary>
internal static class SchemaValidator
{
    private const string NotPart = "the property is not part of the schema.";

    /// <summary>The violations of one of a document's schemas.</summary>
    public static IReadOnlyList<SchemaViolation> Validate(Schema schema, JsonElement value)
    {
        var violations = new List<SchemaViolation>();
        Check(schema, value, "", violations, new EvaluatedParts());
        foreach (var unsaid in ClosedObjects.FindUnsaid(schema, value))
        {
            if (!violations.Exists(violation => violation.Pointer == unsaid))
                violations.Add(new(unsaid, NotPart));
        }

        return violations;
    }

    /// <summary>Whether a value fits as JSON Schema has it: what is not said is allowed.</summary>
    public static bool Fits(Schema schema, JsonElement value) => Fits(schema, value, new EvaluatedParts());

    /// <summary>Whether a value fits what a schema says itself, without the schemas that it applies to the same value.</summary>
    public static bool FitsItself(Schema schema, JsonElement value)
    {
        var violations = new List<SchemaViolation>();
        CheckItself(schema, value, "", violations, new EvaluatedParts());
        return violations.Count == 0;
    }

    private static bool Fits(Schema schema, JsonElement value, EvaluatedParts evaluated)
    {
        var violations = new List<SchemaViolation>();
        Check(schema, value, "", violations, evaluated);
        return violations.Count == 0;
    }

    private static void Check(
        Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations, EvaluatedParts evaluated)
    {
        if (!schema.IsClosedHere && !schema.ClosesItems)
        {
            CheckKeywords(schema, value, pointer, violations, evaluated);
            return;
        }
        var own = new EvaluatedParts();
        CheckKeywords(schema, value, pointer, violations, own);
        if (schema.ClosesItems && value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > own.Items)
            violations.Add(new($"{pointer}/{own.Items}", "the item is not part of the schema."));
        evaluated.Add(own);
        if (!schema.IsClosedHere || value.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in value.EnumerateObject())
        {
            if (!own.Has(member.Name))
                violations.Add(new(JsonPointer.Append(pointer, member.Name), NotPart));
            evaluated.Add(member.Name);
        }
    }

    private static void CheckKeywords(
        Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations, EvaluatedParts evaluated)
    {
        if (CheckItself(schema, value, pointer, violations, evaluated))
            CheckOthers(schema, value, pointer, violations, evaluated);
    }

    /// <returns>Whether the value is of the right type.</returns>
    private static bool CheckItself(
        Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations, EvaluatedParts evaluated)
    {
        if (schema.IsFalse)
        {
            violations.Add(new(pointer, "no value is allowed here."));
            return false;
        }
        var type = JsonValues.TypeOf(value);
        if (type == ValueTypes.None || (schema.Types & type) == 0)
        {
            violations.Add(
                new(
                    pointer,
                    $"{JsonValues.Describe(type == ValueTypes.None && schema.Types == ValueTypes.All ? ValueTypes.Number : schema.Types)} "
                        + $"is needed, not {JsonValues.Describe(value)}."));
            return false;
        }
        foreach (var allowed in schema.Fixed)
        {
            if (!allowed.Any(candidate => JsonValues.AreSame(candidate, value)))
                violations.Add(new(pointer, $"one of {Names(allowed)} is needed."));
        }

        if (schema.Excluded.Any(excluded => JsonValues.AreSame(excluded, value)))
            violations.Add(new(pointer, "the value is one that is ruled out."));

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
        return true;
    }

    private static void CheckArray(
        Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations, EvaluatedParts evaluated)
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
                Check(schema.PrefixItems[i], item, $"{pointer}/{i}", violations, new EvaluatedParts());
            else if (schema.Items is not null)
                Check(schema.Items, item, $"{pointer}/{i}", violations, new EvaluatedParts());
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
        Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations, EvaluatedParts evaluated)
    {
        foreach (var name in schema.Required)
        {
            if (!value.TryGetProperty(name, out _))
                violations.Add(new(pointer, $"the property '{name}' is missing."));
        }

        foreach (var name in schema.Absent)
        {
            if (value.TryGetProperty(name, out _))
                violations.Add(new(JsonPointer.Append(pointer, name), "the property is ruled out."));
        }
        var count = value.EnumerateObject().Select(member => member.Name).Distinct(StringComparer.Ordinal).Count();
        if (count < schema.MinProperties)
            violations.Add(new(pointer, $"at least {schema.MinProperties} properties are needed, not {count}."));
        if (count > schema.MaxProperties)
            violations.Add(new(pointer, $"at most {schema.MaxProperties} properties are allowed, not {count}."));
        foreach (var member in value.EnumerateObject())
        {
            var at = JsonPointer.Append(pointer, member.Name);
            if (schema.PropertyNames is { } names && !Fits(names, JsonSerializer.SerializeToElement(member.Name)))
                violations.Add(new(at, "the property's name is not allowed."));
            foreach (var asked in SaidProperties.SchemasOf(schema, member.Name))
            {
                if (ReferenceEquals(asked, schema.AdditionalProperties) && asked.IsFalse)
                    violations.Add(new(at, NotPart));
                else
                    Check(asked, member.Value, at, violations, new EvaluatedParts());
                evaluated.Add(member.Name);
            }
        }
    }

    private static void CheckOthers(
        Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations, EvaluatedParts evaluated)
    {
        if (schema.Reference is { } reference)
            Check(reference, value, pointer, violations, evaluated);
        foreach (var part in schema.AllOf)
            Check(part, value, pointer, violations, evaluated);
        foreach (var (name, dependent) in schema.Dependents)
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out _))
                Check(dependent, value, pointer, violations, evaluated);
        }

        if (schema.AnyOf.Count > 0)
            CheckAlternatives(schema.AnyOf, mostFitting: int.MaxValue, value, pointer, violations, evaluated);
        if (schema.OneOf.Count > 0)
            CheckAlternatives(schema.OneOf, mostFitting: 1, value, pointer, violations, evaluated);
        if (schema.Not is { } not && Fits(not, value))
            violations.Add(new(pointer, "the value is one that is ruled out."));
        if (schema.If is not { } condition)
            return;
        var ofCondition = new EvaluatedParts();
        var holds = Fits(condition, value, ofCondition);
        if (holds)
            evaluated.Add(ofCondition);
        if ((holds ? schema.Then : schema.Else) is { } consequence)
            Check(consequence, value, pointer, violations, evaluated);
    }

    private static void CheckAlternatives(
        IReadOnlyList<Schema> alternatives, int mostFitting, JsonElement value, string pointer, List<SchemaViolation> violations,
        EvaluatedParts evaluated)
    {
        List<SchemaViolation>? closest = null;
        var fitting = 0;
        foreach (var alternative in alternatives)
        {
            var found = new List<SchemaViolation>();
            var own = new EvaluatedParts();
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
