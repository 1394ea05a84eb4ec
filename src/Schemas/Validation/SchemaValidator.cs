using System.Runtime.CompilerServices;
using System.Text.Json;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Validation;

/// <summary>
/// Validates a value against a schema, keyword by keyword as it is written. Our own, because it has to agree with the grammar that writes
/// the answers: lengths count code points, <c>1.0</c> is an integer, numbers compare exactly, and objects that name properties are closed
/// (<see cref="ClosedObjects"/>).
/// </summary>
internal sealed class SchemaValidator
{
    private const string NotPart = "the property is not part of the schema.";

    // Of one schema at one place, and values of an enum in words: more help nobody.
    private const int MostViolations = 100;
    private const int MostNamed = 100;

    // Schemas refer to one another in so many ways that each would be asked again and again.
    private readonly Dictionary<(Schema Schema, string Pointer), (IReadOnlyList<SchemaViolation> Violations, EvaluatedParts Evaluated)>
        _known = [];

    private SchemaValidator()
    {
    }

    /// <summary>The violations of one of a document's schemas.</summary>
    public static IReadOnlyList<SchemaViolation> Validate(Schema schema, JsonElement value)
    {
        var validator = new SchemaValidator();
        var violations = new List<SchemaViolation>();
        validator.Check(schema, value, "", violations, new EvaluatedParts());
        foreach (var unsaid in new ClosedObjects(validator).FindUnsaid(schema, value))
        {
            if (!violations.Exists(violation => violation.Pointer == unsaid))
                violations.Add(new(unsaid, NotPart));
        }

        return violations;
    }

    /// <summary>Whether a value fits as JSON Schema has it: what is not said is allowed.</summary>
    public static bool Fits(Schema schema, JsonElement value) => new SchemaValidator().Fits(schema, value, "");

    /// <summary>Whether the value at a place fits.</summary>
    public bool Fits(Schema schema, JsonElement value, string pointer) => Fits(schema, value, pointer, new EvaluatedParts());

    /// <summary>Whether a value fits what a schema says itself, without the schemas that it applies to the same value.</summary>
    public static bool FitsItself(Schema schema, JsonElement value)
    {
        var violations = new List<SchemaViolation>();
        new SchemaValidator().CheckItself(schema, value, "", violations, new EvaluatedParts());
        return violations.Count == 0;
    }

    private bool Fits(Schema schema, JsonElement value, string pointer, EvaluatedParts evaluated)
    {
        var violations = new List<SchemaViolation>();
        Check(schema, value, pointer, violations, evaluated);
        return violations.Count == 0;
    }

    private void Check(Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations, EvaluatedParts evaluated)
    {
        if (!_known.TryGetValue((schema, pointer), out var known))
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            var (found, own) = (new List<SchemaViolation>(), new EvaluatedParts());
            CheckClosed(schema, value, pointer, found, own);
            _known[(schema, pointer)] = known = ([.. found.Distinct().Take(MostViolations)], own);
        }

        violations.AddRange(known.Violations);
        evaluated.Add(known.Evaluated);
    }

    private void CheckClosed(
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
            var at = JsonPointer.Append(pointer, member.Name);
            if (!own.Has(member.Name) && schema.Unevaluated is { } rest)
                Check(rest, member.Value, at, violations, new EvaluatedParts());
            else if (!own.Has(member.Name))
                violations.Add(new(at, NotPart));
            evaluated.Add(member.Name);
        }
    }

    private void CheckKeywords(
        Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations, EvaluatedParts evaluated)
    {
        if (CheckItself(schema, value, pointer, violations, evaluated))
            CheckOthers(schema, value, pointer, violations, evaluated);
    }

    /// <returns>Whether the value is of the right type.</returns>
    private bool CheckItself(
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
            if (!JsonValues.IsAmong(allowed, value))
                violations.Add(new(pointer, $"one of {Names(allowed)} is needed."));
        }

        if (JsonValues.IsAmong(schema.Excluded, value))
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

    private void CheckArray(
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

        foreach (var some in schema.SomeItems)
            CheckSomeItems(some, value, pointer, violations);
        if (!schema.HasUniqueItems)
            return;
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (i, item) in value.EnumerateArray().Select(JsonValues.Canonical).Index())
        {
            if (!known.TryAdd(item, i))
                violations.Add(new($"{pointer}/{i}", $"the item is the same as item {known[item]}, where all have to differ."));
        }
    }

    private void CheckSomeItems(SomeItems some, JsonElement value, string pointer, List<SchemaViolation> violations)
    {
        var fitting = value.EnumerateArray().Index().Count(item => item.Index >= some.From
            && Fits(some.Item, item.Item, $"{pointer}/{item.Index}"));
        if (fitting < some.Min)
            violations.Add(new(pointer, $"at least {some.Min} of the items have to fit 'contains', not {fitting}."));
        if (fitting > some.Max)
            violations.Add(new(pointer, $"at most {some.Max} of the items may fit 'contains', not {fitting}."));
    }

    private void CheckObject(
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
        foreach (var some in schema.SomeProperties)
        {
            if (!value.EnumerateObject().Any(member => some.Names.Fits(member.Name)
                && (some.Value is not { } asked || Fits(asked, member.Value, JsonPointer.Append(pointer, member.Name)))))
            {
                violations.Add(new(pointer, "another property is missing."));
            }
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

    private void CheckOthers(
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
        if (schema.Not is { } not && Fits(not, value, pointer))
            violations.Add(new(pointer, "the value is one that is ruled out."));
        if (schema.If is not { } condition)
            return;
        var ofCondition = new EvaluatedParts();
        var holds = Fits(condition, value, pointer, ofCondition);
        if (holds)
            evaluated.Add(ofCondition);
        if ((holds ? schema.Then : schema.Else) is { } consequence)
            Check(consequence, value, pointer, violations, evaluated);
    }

    private void CheckAlternatives(
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
        allowed.Count == 1 ? allowed[0].GetRawText()
        : $"[{string.Join(", ", allowed.Take(MostNamed).Select(value => value.GetRawText()))}"
            + $"{(allowed.Count > MostNamed ? $" and {allowed.Count - MostNamed} more" : "")}]";
}
