using System.Text.Json;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>One way to fit a conjunction: schemas without alternatives in them, taken together.</summary>
/// <param name="Pointer">Where the first of them stands, for errors.</param>
/// <param name="Types">The types that a value may have.</param>
/// <param name="Members">The schemas.</param>
internal sealed record MergedValue(string Pointer, ValueTypes Types, IReadOnlyList<Schema> Members)
{
    /// <summary>The only values, when the schemas give them; those of them that fit all else.</summary>
    public IReadOnlyList<JsonElement>? Fixed { get; init; }

    /// <summary>Whether a text may be written, or one of the values is one.</summary>
    public bool IsText =>
        Fixed is { } values ? values.Any(value => value.ValueKind == JsonValueKind.String) : Types.HasFlag(ValueTypes.String);

    /// <summary>The lists of names that a text has to be in.</summary>
    public IEnumerable<VocabularyRule> Vocabularies => Members.SelectMany(member => member.Vocabularies).DistinctBy(rule => rule.Name);

    /// <summary>Values that are ruled out.</summary>
    public IEnumerable<JsonElement> Excluded => Members.SelectMany(member => member.Excluded);
}
