using System.Text.Json;

namespace Qwen35Batch.Persistence.Tasks;

/// <summary>What a version of a task holds its answers to.</summary>
/// <param name="Schema">The JSON Schema of its segments' answers.</param>
/// <param name="SynthesisSchema">The JSON Schema of its syntheses; null where that of the segments is theirs.</param>
public sealed record StoredTaskVersion(JsonElement Schema, JsonElement? SynthesisSchema);
