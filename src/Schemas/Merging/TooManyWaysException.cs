using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>The alternatives of a schema combine in more ways than are followed. Whether something fits cannot be told then.</summary>
internal sealed class TooManyWaysException(string pointer, int most)
    : UnsupportedSchemaException(pointer, $"its alternatives combine in more than {most} ways.");
