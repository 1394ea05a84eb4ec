namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>A schema that is written elsewhere, perhaps around this one.</summary>
/// <param name="jsonPointer">Where the first reference to it stands.</param>
internal sealed class ReferenceNode(string jsonPointer) : SchemaNode
{
    public string JsonPointer { get; } = jsonPointer;

    /// <summary>Set once, when the schema that is referred to has been read.</summary>
    public SchemaNode? Target { get; set; }

    protected override int MeasureHeight() => Target?.Height ?? Endless;
}
