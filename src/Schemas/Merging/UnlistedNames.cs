using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>The names of properties that a schema does not list.</summary>
internal static class UnlistedNames
{
    /// <summary>The names that a schema has no other schemas for than that of additional properties; null when there are none.</summary>
    public static PatternAutomaton? Of(Schema schema)
    {
        PatternAutomaton? names = PatternAutomaton.Anything;
        if ((schema.Properties ?? []).Select(property => property.Name).ToArray() is { Length: > 0 } listed
            && PatternAutomaton.Words(listed, schema.Pointer) is { } words)
        {
            names = names.Except(words, schema.Pointer);
        }

        foreach (var (pattern, _) in schema.PatternProperties ?? [])
            names = names?.Except(pattern, schema.Pointer);
        return names;
    }
}
