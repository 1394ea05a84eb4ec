using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>
/// What <c>unevaluatedProperties</c> and <c>unevaluatedItems</c> know of: their own schema, and those within it that the same value is held
/// to.
/// </summary>
internal static class Unevaluated
{
    /// <exception cref="UnsupportedSchemaException">Taken together with schemas that it does not know of, one would not close
    /// enough.</exception>
    public static void RefuseOutsiders(IReadOnlyList<Schema> members)
    {
        foreach (var closing in members)
        {
            if (!closing.ClosesProperties && !closing.ClosesItems)
                continue;
            var known = new HashSet<Schema>();
            Collect(closing, known);
            if (members.Any(member => !known.Contains(member) && !member.IsDerived && Says(closing, member)))
            {
                throw new UnsupportedSchemaException(
                    closing.Pointer,
                    $"{(closing.ClosesProperties ? "unevaluatedProperties" : "unevaluatedItems")} is not supported where schemas outside "
                        + "of this one describe the same value; write it into the outermost of them.");
            }
        }
    }

    private static bool Says(Schema closing, Schema member) =>
        (closing.ClosesProperties && (member.Properties ?? (object?)member.PatternProperties ?? member.AdditionalProperties) is not null)
        || (closing.ClosesItems && (member.Items is not null || member.PrefixItems.Count > 0));

    private static void Collect(Schema schema, HashSet<Schema> known)
    {
        if (!known.Add(schema))
            return;
        foreach (var part in schema.AllOf.Concat(schema.AnyOf)
            .Concat(schema.OneOf)
            .Concat(schema.Dependents.Select(dependent => dependent.Schema))
            .Concat(((Schema?[])[schema.Reference, schema.If, schema.Then, schema.Else]).OfType<Schema>()))
        {
            Collect(part, known);
        }
    }
}
