using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>
/// Bytes of what graphs for GPUs compute on the way, by the widest place of a layer: buffers are used again by the layers behind it. An
/// estimate: a runtime rounds buffers up, and keeps some. Attention is counted as what needs no table of all scores.
/// </summary>
internal static class Activations
{
    /// <summary>
    /// For each row that is looked through: the row, filled up to whole blocks, the bits of its mask in three forms, and what is left.
    /// </summary>
    private const long RowsToFindBest = 6;

    /// <param name="rows">Tokens that go through together: of a chunk of a prompt, or one of each slot.</param>
    public static long OfDecoder(TextConfig text, long rows)
    {
        // A product is held with the parts that it is split into.
        var linear = 2L * (text.ConvWidth + text.LinearValueWidth);
        var full = 4L * (text.AttentionHeads + text.KeyValueHeads) * text.HeadDim;
        var feedForward = 4 * (text.Experts is { } experts ? (long)experts.Count * experts.IntermediateSize : text.IntermediateSize);

        // The sum so far, and what goes into a layer and comes out.
        return sizeof(float) * rows * ((3L * text.HiddenSize) + Math.Max(linear, Math.Max(full, feedForward)));
    }

    /// <summary>Logits, as many bytes of the buffer in which they come down, and what it takes to find the best of them.</summary>
    public static long OfLogits(TextConfig text, long rows) =>
        sizeof(float) * ((2 * rows) + (RowsToFindBest * Math.Min(rows, DeviceLogits.MostRows))) * text.VocabularySize;

    /// <param name="patches">Patches of all frames that go through together.</param>
    public static long OfTower(VisionConfig vision, long patches)
    {
        long hidden = vision.HiddenSize;
        var block = Math.Max(7 * hidden, (2 * hidden) + (2L * vision.IntermediateSize));
        return sizeof(float) * patches * Math.Max(block, vision.PatchValues + (2 * hidden));
    }
}
