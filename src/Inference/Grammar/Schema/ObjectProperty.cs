namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>A property of an object's schema.</summary>
internal sealed record ObjectProperty(string Name, bool IsRequired, SchemaNode Value);
