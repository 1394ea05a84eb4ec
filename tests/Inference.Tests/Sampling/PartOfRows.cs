using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Sampling;

namespace Qwen35Batch.Inference.Tests.Sampling;

/// <summary>Rows of logits of which only some are told, as of rows on a device.</summary>
internal sealed class PartOfRows(float[] logits, int vocabulary, int told) : IKeptLogits
{
    public List<int> Whole { get; } = [];

    public Action BeforeRead { get; set; } = () => { };

    public void Read(IReadOnlyList<BestLogits> rows)
    {
        BeforeRead();
        foreach (var row in rows)
        {
            Read(row);
        }
    }

    public void ReadWhole(int row, Span<float> whole)
    {
        Whole.Add(row);
        logits.AsSpan(row * vocabulary, vocabulary).CopyTo(whole);
    }

    private void Read(BestLogits row)
    {
        var values = logits.AsSpan(row.Row * vocabulary, vocabulary).ToArray();
        var allowed = Enumerable.Range(0, vocabulary)
            .Where(id => LogitScan.IsAllowed(row.Mask.Span, id))
            .OrderByDescending(id => values[id])
            .ToArray();
        row.Allowed = allowed.Length;
        var floor = allowed.Length <= told ? -1e30f : values[allowed[told]];
        row.Clear(floor, allowed.Sum(id => Math.Exp(values[id] - values[allowed[0]])), Array.TrueForAll(values, float.IsFinite));

        // In no order.
        foreach (var id in allowed.Where(id => values[id] > floor).Order())
        {
            row.Add(id, values[id]);
        }
    }
}
