using System.Text.Json;
using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Validation;

/// <summary>Checks texts and numbers.</summary>
internal static class ScalarChecks
{
    private const int LongestQuoted = 400;

    public static void CheckText(Schema schema, string value, string pointer, List<SchemaViolation> violations)
    {
        var length = value.EnumerateRunes().Count();
        if (length < schema.MinLength)
            violations.Add(new(pointer, $"at least {schema.MinLength} characters are needed, not {length}."));
        if (length > schema.MaxLength)
            violations.Add(new(pointer, $"at most {schema.MaxLength} characters are allowed, not {length}."));
        foreach (var rule in schema.Vocabularies)
        {
            if (rule.Current is var list && list.Allows(value))
                continue;
            var meant = list.FindNearest(value) is { } nearest ? $" Perhaps {Quoted(nearest)} is meant." : "";
            violations.Add(new(pointer, $"a name of the list '{rule.Name}' is needed, which has no {Quoted(value)}.{meant}"));
        }

        foreach (var rule in schema.Texts)
        {
            if (!rule.Fitting.Fits(value))
            {
                var wanted = rule.Keyword == "format" ? TextFormats.Describe(rule.Value) : $"a text that fits {Quoted(rule.Value)}";
                violations.Add(new(pointer, $"{wanted} is needed."));
            }
        }
    }

    public static void CheckNumber(Schema schema, JsonElement value, string pointer, List<SchemaViolation> violations)
    {
        var number = ExactDecimal.Parse(value.GetRawText());
        var written = value.GetRawText();
        if (schema.Minimum is { } least && number.CompareTo(least) < 0)
            violations.Add(new(pointer, $"{written} is less than {least}."));
        if (schema.Maximum is { } most && number.CompareTo(most) > 0)
            violations.Add(new(pointer, $"{written} is more than {most}."));
        if (schema.ExclusiveMinimum is { } above && number.CompareTo(above) <= 0)
            violations.Add(new(pointer, $"{written} is not more than {above}."));
        if (schema.ExclusiveMaximum is { } below && number.CompareTo(below) >= 0)
            violations.Add(new(pointer, $"{written} is not less than {below}."));
        if (schema.MultipleOf is { } divisor && !number.IsMultipleOf(divisor))
            violations.Add(new(pointer, $"{written} is no multiple of {divisor}."));
        foreach (var other in schema.NotMultiplesOf)
        {
            if (number.IsMultipleOf(other))
                violations.Add(new(pointer, $"{written} is a multiple of {other}."));
        }
    }

    private static string Quoted(string text) =>
        JsonSerializer.Serialize(text.Length > LongestQuoted ? text[..LongestQuoted] : text, Plain);

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };
}
