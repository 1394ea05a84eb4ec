using System.Text.Json;

namespace Qwen35Batch.Inference.Grammar;

/// <summary>The compact JSON texts that a JSON Schema allows. Immutable; knows nothing of tokens.</summary>
public sealed class JsonSchemaGrammar
{
    /// <summary>Reads a schema.</summary>
    /// <exception cref="UnsupportedSchemaException">An answer cannot be held to a part of the schema.</exception>
    public static JsonSchemaGrammar Compile(JsonElement schema) => throw new NotImplementedException(schema.ToString());
}
