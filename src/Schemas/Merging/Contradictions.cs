using System.Text.Json;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Validation;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>
/// Tells at a glance that no object fits schemas, so that the ways they combine need not be followed further. It sees what is asked of
/// the properties of one of them: mostly the one that tells alternatives apart.
/// </summary>
internal static class Contradictions
{
    // More values and deeper schemas are not looked at.
    private const int MostValues = 64;
    private const int MaxDepth = 4;

    /// <param name="members">The schemas.</param>
    /// <param name="added">The one whose properties are looked at.</param>
    /// <returns>A property that has to be there and cannot, or null.</returns>
    public static string? Find(IReadOnlyList<Schema> members, Schema added)
    {
        foreach (var name in added.Required.Concat((added.Properties ?? []).Select(property => property.Name)).Concat(added.Absent))
        {
            if (members.Any(member => member.Required.Contains(name)) && CannotBe(members, name))
                return name;
        }

        return null;
    }

    private static bool CannotBe(IReadOnlyList<Schema> members, string name)
    {
        if (members.Any(member => member.Absent.Contains(name)))
            return true;
        var schemas = members.SelectMany(member => SaidProperties.SchemasOf(member, name)).ToArray();
        if (Array.Exists(schemas, schema => schema.IsFalse) || Types(schemas) == ValueTypes.None)
            return true;
        var values = schemas.Select(schema => ValuesOf(schema, 0)).FirstOrDefault(values => values is not null);
        return values is { Count: <= MostValues }
            && !values.Any(value => Array.TrueForAll(schemas, schema => SchemaValidator.Fits(schema, value)));
    }

    private static ValueTypes Types(Schema[] schemas) =>
        schemas.Aggregate(ValueTypes.All, (types, schema) => types & schema.Types & schema.Referred.Types);

    /// <summary>The only values that may fit a schema, or null when it does not list them.</summary>
    private static IReadOnlyCollection<JsonElement>? ValuesOf(Schema schema, int depth)
    {
        if (schema.Fixed.Count > 0)
            return schema.Fixed[0];
        if (depth == MaxDepth)
            return null;
        foreach (var part in schema.Reference is { } reference ? schema.AllOf.Prepend(reference) : schema.AllOf)
        {
            if (ValuesOf(part, depth + 1) is { } values)
                return values;
        }

        foreach (var alternatives in (ReadOnlySpan<IReadOnlyList<Schema>>)[schema.AnyOf, schema.OneOf])
        {
            var all = alternatives.Select(alternative => ValuesOf(alternative, depth + 1)).ToArray();
            if (all.Length > 0 && Array.TrueForAll(all, values => values is not null))
                return [.. all.SelectMany(values => values!).Take(MostValues + 1)];
        }

        return null;
    }
}
