using System.Text.Json;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Validation;

/// <summary>Finds the texts of a value that a schema holds to lists of names.</summary>
internal static class NamedTexts
{
    /// <summary>The JSON pointer of each text, and the list; a text that is held to several comes with each of them.</summary>
    public static IEnumerable<(string Pointer, string Text, VocabularyRule Rule)> Find(Schema schema, JsonElement value) =>
        Visit(schema, value, "").DistinctBy(found => (found.Pointer, found.Rule.Name));

    private static IEnumerable<(string Pointer, string Text, VocabularyRule Rule)> Visit(Schema schema, JsonElement value, string pointer)
    {
        var own = value.ValueKind == JsonValueKind.String
            ? schema.Vocabularies.Select(rule => (pointer, value.GetString()!, rule))
            : [];
        var parts = schema.AllOf.Concat(schema.AnyOf)
            .Concat(schema.OneOf)
            .Concat(schema.Dependents.Select(dependent => dependent.Schema))
            .Concat(((Schema?[])[schema.Reference, schema.Then, schema.Else]).OfType<Schema>());
        return own.Concat(parts.SelectMany(part => Visit(part, value, pointer))).Concat(value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject()
                .SelectMany(member => Schemas(schema, member.Name)
                    .SelectMany(part => Visit(part, member.Value, JsonPointer.Append(pointer, member.Name)))),
            JsonValueKind.Array => value.EnumerateArray()
                .SelectMany((item, i) => (i < schema.PrefixItems.Count ? schema.PrefixItems[i] : schema.Items) is { } part
                    ? Visit(part, item, $"{pointer}/{i}")
                    : []),
            _ => [],
        });
    }

    private static IEnumerable<Schema> Schemas(Schema schema, string name)
    {
        var named = (schema.PatternProperties ?? []).Where(pattern => pattern.Names.Fits(name)).Select(pattern => pattern.Schema);
        if (schema.Property(name) is { } property)
            named = named.Prepend(property);
        return named.DefaultIfEmpty(schema.AdditionalProperties!).OfType<Schema>();
    }
}
