namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>A value that is held to at least one of several schemas.</summary>
internal sealed class AnyOfNode(IReadOnlyList<SchemaNode> alternatives) : SchemaNode
{
    public IReadOnlyList<SchemaNode> Alternatives { get; } = alternatives;

    protected override int MeasureHeight() => Alternatives.Min(alternative => alternative.Height);
}
