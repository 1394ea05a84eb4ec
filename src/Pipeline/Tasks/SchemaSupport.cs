using System.Text.Json;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>
/// Says whether the engine can hold an answer to a schema. The host registers one for an engine with limits; without one, every schema
/// that can be validated is taken.
/// </summary>
/// <param name="schema">A task's JSON Schema.</param>
/// <returns>Null when it can, else the problem: the JSON pointer of the offending keyword within the schema, and why.</returns>
public delegate string? SchemaSupport(JsonElement schema);
