namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>A kind of item of an array whose items are counted.</summary>
/// <param name="Value">What it is held to.</param>
/// <param name="Counts">Which schemas it is counted for, as bits.</param>
internal sealed record CountedItem(SchemaNode Value, int Counts)
{
    public bool IsCounted(int schema) => (Counts >> schema & 1) != 0;
}
