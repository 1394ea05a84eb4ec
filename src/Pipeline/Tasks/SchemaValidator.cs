using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Schemas;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>
/// Validates a value against a schema that <see cref="AnswerSchema"/> has accepted. Our own, because it has to agree keyword by keyword with
/// the grammar that writes the answers: lengths count code points, <c>1.0</c> is an integer, and numbers compare exactly.
/// </summary>
internal static class SchemaValidator
{
    /// <summary>The violations in document order; empty when the value is valid.</summary>
    public static IEnumerable<SchemaViolation> Validate(JsonElement schema, JsonElement value) => Node(schema, schema, value, "");

    private static IEnumerable<SchemaViolation> Node(JsonElement root, JsonElement schema, JsonElement value, string pointer)
    {
        schema = AnswerSchema.Resolve(root, schema);
        if (schema.TryGetProperty("anyOf", out var choices)) return AnyOf(root, choices, value, pointer);
        if (schema.TryGetProperty("oneOf", out choices)) return OneOf(root, choices, value, pointer);
        if (schema.TryGetProperty("enum", out var allowed)) return Fixed(allowed.EnumerateArray(), allowed.GetRawText(), value, pointer);
        if (schema.TryGetProperty("const", out var only)) return Fixed([only], only.GetRawText(), value, pointer);
        var types = AnswerSchema.TypesOf(schema);
        return types.FirstOrDefault(type => IsOfType(type, value)) switch
        {
            null => [new(pointer, $"{string.Join(" or ", types.Select(Article))} is needed, not {Kind(value)}.")],
            "object" => Object(root, schema, value, pointer),
            "array" => Array(root, schema, value, pointer),
            "string" => Text(schema, value.GetString()!, pointer),
            "number" or "integer" => Number(schema, value, pointer),
            _ => [],
        };
    }

    private static IEnumerable<SchemaViolation> Fixed(IEnumerable<JsonElement> allowed, string names, JsonElement value, string pointer) =>
        allowed.Any(candidate => Same(candidate, value)) ? [] : [new(pointer, $"one of {names} is needed.")];

    private static bool Same(JsonElement left, JsonElement right) =>
        left.ValueKind == right.ValueKind && left.ValueKind switch
        {
            JsonValueKind.String => left.ValueEquals(right.GetString()),
            JsonValueKind.Number => Compare(left, right) == 0,
            _ => true,
        };

    private static bool IsOfType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()),
        "integer" => value.ValueKind == JsonValueKind.Number && (value.TryGetDecimal(out var exact) ? exact == decimal.Truncate(exact) : double.IsInteger(value.GetDouble())),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind == JsonValueKind.Null,
    };

    private static List<SchemaViolation> AnyOf(JsonElement root, JsonElement choices, JsonElement value, string pointer)
    {
        List<SchemaViolation>? closest = null;
        foreach (var choice in choices.EnumerateArray())
        {
            var violations = Node(root, choice, value, pointer).ToList();
            if (violations.Count == 0) return [];

            // The choice of the value's own type says more than "null is needed".
            if (closest is null || violations.All(violation => violation.Pointer != pointer)) closest = violations;
        }

        return closest!;
    }

    private static List<SchemaViolation> OneOf(JsonElement root, JsonElement choices, JsonElement value, string pointer)
    {
        var fitting = choices.EnumerateArray().Count(choice => !Node(root, choice, value, pointer).Any());
        return fitting > 1 ? [new(pointer, $"it fits {fitting} of the alternatives, where exactly one is needed.")] : AnyOf(root, choices, value, pointer);
    }

    private static IEnumerable<SchemaViolation> Object(JsonElement root, JsonElement schema, JsonElement value, string pointer)
    {
        var properties = schema.GetProperty("properties");
        if (schema.TryGetProperty("required", out var required))
            foreach (var name in required.EnumerateArray())
                if (!value.TryGetProperty(name.GetString()!, out _))
                    yield return new(pointer, $"the property '{name.GetString()}' is missing.");
        foreach (var member in value.EnumerateObject())
        {
            var at = JsonPointer.Append(pointer, member.Name);
            if (!properties.TryGetProperty(member.Name, out var property))
                yield return new(at, "the property is not part of the schema.");
            else
                foreach (var violation in Node(root, property, member.Value, at)) yield return violation;
        }
    }

    private static IEnumerable<SchemaViolation> Array(JsonElement root, JsonElement schema, JsonElement value, string pointer)
    {
        var length = value.GetArrayLength();
        if (schema.TryGetProperty("minItems", out var least) && length < least.GetInt32())
            yield return new(pointer, $"at least {least.GetInt32()} items are needed, not {length}.");
        if (schema.TryGetProperty("maxItems", out var most) && length > most.GetInt32())
            yield return new(pointer, $"at most {most.GetInt32()} items are allowed, not {length}.");
        var index = 0;
        foreach (var item in value.EnumerateArray())
            foreach (var violation in Node(root, schema.GetProperty("items"), item, $"{pointer}/{index++}"))
                yield return violation;
    }

    private static IEnumerable<SchemaViolation> Text(JsonElement schema, string value, string pointer)
    {
        var length = value.EnumerateRunes().Count();
        if (schema.TryGetProperty("minLength", out var least) && length < least.GetInt32())
            yield return new(pointer, $"at least {least.GetInt32()} characters are needed, not {length}.");
        if (schema.TryGetProperty("maxLength", out var most) && length > most.GetInt32())
            yield return new(pointer, $"at most {most.GetInt32()} characters are allowed, not {length}.");
        if (schema.TryGetProperty("pattern", out var pattern) && !TextPattern.IsMatch(pattern.GetString()!, value))
            yield return new(pointer, $"a text that fits {pattern.GetRawText()} is needed.");
        if (schema.TryGetProperty("format", out var format) && !TextFormat.IsMatch(format.GetString()!, value))
            yield return new(pointer, $"{TextFormat.Describe(format.GetString()!)} is needed.");
    }

    private static IEnumerable<SchemaViolation> Number(JsonElement schema, JsonElement value, string pointer)
    {
        if (schema.TryGetProperty("minimum", out var least) && Compare(value, least) < 0)
            yield return new(pointer, $"{value.GetRawText()} is less than {least.GetRawText()}.");
        if (schema.TryGetProperty("maximum", out var most) && Compare(value, most) > 0)
            yield return new(pointer, $"{value.GetRawText()} is more than {most.GetRawText()}.");
        if (schema.TryGetProperty("exclusiveMinimum", out var above) && Compare(value, above) <= 0)
            yield return new(pointer, $"{value.GetRawText()} is not more than {above.GetRawText()}.");
        if (schema.TryGetProperty("exclusiveMaximum", out var below) && Compare(value, below) >= 0)
            yield return new(pointer, $"{value.GetRawText()} is not less than {below.GetRawText()}.");
        if (schema.TryGetProperty("multipleOf", out var divisor) && !IsMultiple(value, divisor.GetInt32()))
            yield return new(pointer, $"{value.GetRawText()} is no multiple of {divisor.GetRawText()}.");
    }

    private static bool IsMultiple(JsonElement value, int divisor) =>
        value.TryGetDecimal(out var exact) ? exact % divisor == 0 : value.GetDouble() % divisor == 0;

    private static int Compare(JsonElement left, JsonElement right) =>
        left.TryGetDecimal(out var exactLeft) && right.TryGetDecimal(out var exactRight)
            ? exactLeft.CompareTo(exactRight)
            : left.GetDouble().CompareTo(right.GetDouble());

    private static string Article(string type) => type is "object" or "array" or "integer" ? $"an {type}" : type == "null" ? "null" : $"a {type}";

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Number => string.Create(CultureInfo.InvariantCulture, $"the number {value.GetRawText()}"),
        JsonValueKind.Null => "null",
        var kind => Article(kind.ToString().ToLowerInvariant()),
    };
}
