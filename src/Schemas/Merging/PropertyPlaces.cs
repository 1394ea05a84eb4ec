using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Validation;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>The ways to have a property that has to be there under one of some names.</summary>
internal static class PropertyPlaces
{
    /// <summary>For each name that schemas list, and for all other names, a schema with the property there.</summary>
    /// <param name="some">The property.</param>
    /// <param name="members">The schemas that the object is held to.</param>
    /// <param name="pointer">Where.</param>
    /// <param name="negation">Keeps the schemas.</param>
    /// <returns>Null when there is such a property anyway.</returns>
    public static IReadOnlyList<Schema>? Of(
        SomeProperty some, IReadOnlyList<Schema> members, string pointer, SchemaNegation negation)
    {
        var absent = members.SelectMany(member => member.Absent).ToHashSet(StringComparer.Ordinal);
        var required = members.SelectMany(member => member.Required).ToHashSet(StringComparer.Ordinal);
        var names = MergedObject.NamesOf(members).Where(some.Names.Fits).ToArray();
        if (some.Value is null && Array.Exists(names, required.Contains))
            return null;
        var places = new List<Schema>();
        var before = new List<string>();
        foreach (var name in names)
        {
            if (absent.Contains(name) || members.Any(member => SaidProperties.SchemasOf(member, name).Any(schema => schema.IsFalse)))
                continue;

            // Where any value will do the ways exclude each other: the first of the names that is there.
            places.Add(negation.Placed(some, pointer, name, [.. before]));
            if (some.Value is null)
                before.Add(name);
        }

        places.Add(negation.Placed(some, pointer, null, [.. before]));
        return places;
    }
}
