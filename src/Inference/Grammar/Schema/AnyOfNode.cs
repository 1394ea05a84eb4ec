namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>A value that is held to at least one of several schemas; to nothing when there is none.</summary>
internal sealed class AnyOfNode : SchemaNode
{
    /// <summary>Set once, after the node itself is known: a schema may lead back to itself.</summary>
    public IReadOnlyList<SchemaNode> Alternatives { get; set; } = [];

    protected override int MeasureHeight() => Alternatives.Select(alternative => alternative.Height).DefaultIfEmpty(Endless).Min();
}
