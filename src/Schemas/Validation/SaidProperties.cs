using System.Text.Json;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Validation;

/// <summary>
/// The properties that the schemas which hold an object say together. It is the one rule of closedness: schemas that name properties close
/// the object to all that none of them says. The grammar writes by it and the validator judges by it.
/// </summary>
/// <param name="members">The schemas that hold the object, without those that only follow from others.</param>
internal sealed class SaidProperties(IReadOnlyList<Schema> members)
{
    private readonly HashSet<string> _names =
        members.SelectMany(member => member.Required.Concat(OnlyNamesOf(member) ?? [])).ToHashSet(StringComparer.Ordinal);

    private readonly Schema[] _speaking = [.. members.Where(Speaks)];

    /// <summary>Whether properties are named, so that others are not allowed.</summary>
    public bool AreNamed { get; } = members.Any(
        member => member.Properties is not null || member.PatternProperties is not null || member.IsClosedHere);

    /// <summary>Whether a schema says something of all properties that none looks at.</summary>
    public bool HasRest { get; } = members.Any(member => member.Unevaluated is not null);

    /// <summary>Whether an object may have a property of a name.</summary>
    public bool Allow(string name) => !AreNamed || HasRest || _names.Contains(name)
        || Array.Exists(_speaking, member => SchemasOf(member, name).Any());

    /// <summary>Whether a schema says anything of some property: else it asks nothing of any.</summary>
    public static bool Speaks(Schema schema) =>
        schema.Properties is not null || schema.PatternProperties is not null || schema.AdditionalProperties is not null;

    /// <summary>What a schema asks of a property: nothing when it does not say the name.</summary>
    public static IEnumerable<Schema> SchemasOf(Schema schema, string name)
    {
        var isKnown = false;
        if (schema.Property(name) is { } property)
        {
            isKnown = true;
            yield return property;
        }

        foreach (var (pattern, named) in schema.PatternProperties ?? [])
        {
            if (pattern.Fits(name))
            {
                isKnown = true;
                yield return named;
            }
        }

        if (!isKnown && schema.AdditionalProperties is { } additional)
            yield return additional;
    }

    /// <summary>The only names that there may be, where a schema of names lists them; else null.</summary>
    public static IEnumerable<string>? OnlyNamesOf(Schema member) => member.PropertyNames is { Fixed: [var names] }
        ? names.Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)
        : null;
}
