namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>A property with a name.</summary>
internal sealed record ObjectProperty(string Name, bool IsRequired, SchemaNode Value);
