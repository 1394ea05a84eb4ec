using System.Text.Json;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Validation;

namespace Qwen35Batch.Schemas.Hints;

/// <summary>Finds what a schema says in vain.</summary>
internal static class SchemaHints
{
    private static readonly JsonElement Null = JsonDocument.Parse("null").RootElement;

    /// <param name="reader">What has been read; where it has a fault there is no hint.</param>
    public static IEnumerable<SchemaHint> Find(SchemaReader reader)
    {
        return reader.Written
            .SelectMany(written => KeywordHints.Of(written.Schema, written.Element, TakesNull).Concat(BoundHints.Of(written.Schema)))
            .Concat(reader.Hints)
            .Distinct()
            .ExceptBy(reader.Faults.Select(fault => fault.JsonPointer), hint => hint.JsonPointer);

        // What cannot be used may lead in circles.
        bool TakesNull(Schema schema) =>
            (schema.Types & ValueTypes.Null) != 0 && (reader.Faults.Count > 0 || SchemaValidator.Fits(schema, Null));
    }
}
