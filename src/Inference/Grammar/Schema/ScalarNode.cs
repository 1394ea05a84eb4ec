using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>A value without other values in it.</summary>
internal sealed class ScalarNode(Terminal terminal, long start = 0) : SchemaNode
{
    public Terminal Terminal { get; } = terminal;

    public long Start { get; } = start;

    protected override int MeasureHeight() => 0;
}
