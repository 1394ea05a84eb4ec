namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>A part of a schema that a value is held to.</summary>
internal abstract class SchemaNode
{
    /// <summary>More levels than any answer may have.</summary>
    public const int Endless = 1 << 20;

    /// <summary>The node's index in its grammar.</summary>
    public int Id { get; set; }

    /// <summary>The fewest levels of objects and arrays that a value has, as far as it is known; it only ever falls.</summary>
    public int Height { get; private set; } = Endless;

    /// <summary>Recomputes <see cref="Height"/> from the nodes below; returns whether it changed.</summary>
    public bool UpdateHeight()
    {
        var height = Math.Min(MeasureHeight(), Endless);
        var changed = height != Height;
        Height = height;
        return changed;
    }

    protected abstract int MeasureHeight();
}
