using System.Text.Json;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>A call of a tool.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">Its arguments, in order.</param>
internal sealed record TemplateToolCall(string Name, IReadOnlyList<KeyValuePair<string, JsonElement>> Arguments);
