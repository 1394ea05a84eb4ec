using System.Text.Json;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Validation;

/// <summary>Finds the texts of a value that a schema holds to lists of names.</summary>
internal static class NamedTexts
{
    /// <summary>The JSON pointer of each text, and the list; a text that is held to several comes with each of them.</summary>
    public static IEnumerable<(string Pointer, string Text, VocabularyRule Rule)> Find(Schema schema, JsonElement value)
    {
        var found = new List<(string Pointer, string Text, VocabularyRule Rule)>();
        Visit(schema, value, "", found, []);
        return found.DistinctBy(text => (text.Pointer, text.Rule.Name));
    }

    private static void Visit(
        Schema schema, JsonElement value, string pointer, List<(string Pointer, string Text, VocabularyRule Rule)> found,
        HashSet<(Schema, string)> seen)
    {
        if (!seen.Add((schema, pointer)))
            return;
        if (value.ValueKind == JsonValueKind.String)
            found.AddRange(schema.Vocabularies.Select(rule => (pointer, value.GetString()!, rule)));
        foreach (var part in (IEnumerable<Schema?>)
            [
                schema.Reference, schema.Then, schema.Else, .. schema.AllOf, .. schema.AnyOf, .. schema.OneOf,
                .. schema.Dependents.Select(dependent => dependent.Schema),
            ])
        {
            if (part is not null)
                Visit(part, value, pointer, found, seen);
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                foreach (var part in Schemas(schema, member.Name))
                    Visit(part, member.Value, JsonPointer.Append(pointer, member.Name), found, seen);
            }
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var (i, item) in value.EnumerateArray().Index())
            {
                if ((i < schema.PrefixItems.Count ? schema.PrefixItems[i] : schema.Items) is { } part)
                    Visit(part, item, $"{pointer}/{i}", found, seen);
            }
        }
    }

    private static IEnumerable<Schema> Schemas(Schema schema, string name)
    {
        var named = (schema.PatternProperties ?? []).Where(pattern => pattern.Names.Fits(name)).Select(pattern => pattern.Schema);
        if (schema.Property(name) is { } property)
            named = named.Prepend(property);
        return named.DefaultIfEmpty(schema.AdditionalProperties!).OfType<Schema>();
    }
}
