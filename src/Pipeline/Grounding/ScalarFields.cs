using System.Globalization;
using System.Text;
using System.Text.Json;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>The scalars of an insight, in the order of the document.</summary>
internal sealed class ScalarFields
{
    private const int LongestLabel = 80;
    private const double OfProperty = 0.4;

    private readonly TaskQuestion _question;
    private readonly List<ScalarField> _fields = [];

    private ScalarFields(TaskQuestion question) => _question = question;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ScalarField> Of(JsonElement insight, TaskQuestion question)
    {
        var fields = new ScalarFields(question);
        fields.Add(insight, new Place("", "", [question.Checks.Root]), [], null);
        return fields._fields;
    }

    private void Add(JsonElement value, Place place, IReadOnlyList<FieldLabel> labels, int? page)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                page = PageOf(value, place.Pattern) ?? page;
                foreach (var member in value.EnumerateObject())
                    Add(member.Value, place.Member(member.Name), Labels(value, member), page);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                    Add(item, place.Item(index++), labels, page);
                break;
            default:
                _fields.Add(new(place.Pointer, value, IsLookedFor(value, place), labels, page));
                break;
        }
    }

    private int? PageOf(JsonElement value, string pattern) =>
        _question.Citations.FirstOrDefault(rule => rule.Page is not null && rule.Field == pattern) is { Page: { } name }
            && value.TryGetProperty(name, out var page)
            && page.ValueKind == JsonValueKind.Number
            && page.TryGetInt32(out var number)
                ? number
                : null;

    private bool IsLookedFor(JsonElement value, Place place) =>
        value.ValueKind is JsonValueKind.String or JsonValueKind.Number
        && !IsChoice(value, place.Schemas)
        && !_question.Inferred.Contains(place.Pattern)
        && !(_question.Transcript is { } transcript && place.Pattern.StartsWith($"{transcript}/*/", StringComparison.Ordinal))
        && !_question.Citations.Any(rule => rule.Times().Append(rule.Page).OfType<string>().Any(
            name => place.Pattern == JsonPointer.Append(rule.Field, name)));

    /// <summary>Whether the schema writes the value out: then the model chose it, and did not read it.</summary>
    private static bool IsChoice(JsonElement value, IReadOnlyList<Schema> schemas) =>
        schemas.Any(schema => schema.Fixed.Any(values => values.Any(fixedValue => JsonElement.DeepEquals(fixedValue, value))));

    private static List<FieldLabel> Labels(JsonElement parent, JsonProperty member) =>
    [
        .. parent.EnumerateObject()
            .Where(other => other.Name != member.Name && other.Value.ValueKind == JsonValueKind.String)
            .Select(other => other.Value.GetString()!)
            .Where(text => text.Length is > 0 and <= LongestLabel)
            .Select(text => new FieldLabel(text, 1)),
        new(Spaced(member.Name), OfProperty),
    ];

    // invoiceNumber and invoice_number are written as "invoice number".
    private static string Spaced(string name)
    {
        var words = new StringBuilder();
        for (var at = 0; at < name.Length; at++)
        {
            if (char.IsUpper(name[at]) && at > 0 && char.IsLower(name[at - 1]))
                words.Append(' ');
            words.Append(name[at] is '_' or '-' ? ' ' : name[at]);
        }

        return words.ToString();
    }

    /// <summary>A place of an insight, with what its schema says of it.</summary>
    /// <param name="Pointer">The JSON pointer.</param>
    /// <param name="Pattern">The same with <c>*</c> for every index.</param>
    /// <param name="Schemas">The schemas that may hold there.</param>
    private sealed record Place(string Pointer, string Pattern, IReadOnlyList<Schema> Schemas)
    {
        private IReadOnlyList<Schema> All { get; } = [.. Schemas.SelectMany(Parts)];

        public Place Member(string name) => new(
            JsonPointer.Append(Pointer, name),
            JsonPointer.Append(Pattern, name),
            [.. All.Select(schema => schema.Property(name) ?? schema.AdditionalProperties).OfType<Schema>().SelectMany(Parts).Distinct()]);

        public Place Item(int index) => new(
            JsonPointer.Append(Pointer, index.ToString(CultureInfo.InvariantCulture)),
            $"{Pattern}/*",
            [.. All.Select(schema => index < schema.PrefixItems.Count ? schema.PrefixItems[index] : schema.Items)
                .OfType<Schema>().SelectMany(Parts).Distinct()]);

        // Loops of references without a value between them are refused when a schema is read.
        private static IEnumerable<Schema> Parts(Schema schema)
        {
            var self = schema.Referred;
            return new[] { self }.Concat(self.AllOf.Concat(self.AnyOf).Concat(self.OneOf).SelectMany(Parts));
        }
    }
}
