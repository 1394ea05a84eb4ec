using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>
/// What <c>unevaluatedItems</c> knows of: its own schema, and those within it that the same value is held to.
/// </summary>
internal static class Unevaluated
{
    /// <exception cref="UnsupportedSchemaException">Taken together with schemas that it does not know of, one would not close
    /// enough.</exception>
    public static void RefuseOutsiders(IReadOnlyList<Schema> members)
    {
        foreach (var closing in members)
        {
            if (!closing.ClosesItems)
                continue;
            var known = closing.WithApplied().ToHashSet();
            if (known.Any(member => member.SomeItems.Count > 0 && !member.IsDerived))
            {
                throw new UnsupportedSchemaException(
                    closing.Pointer, "unevaluatedItems is not supported together with contains; write items.");
            }

            if (members.Any(member => !known.Contains(member) && !member.IsDerived
                && (member.Items is not null || member.PrefixItems.Count > 0)))
            {
                throw new UnsupportedSchemaException(
                    closing.Pointer,
                    "unevaluatedItems is not supported where schemas outside of this one describe the same value; write it into the "
                        + "outermost of them.");
            }
        }
    }
}
