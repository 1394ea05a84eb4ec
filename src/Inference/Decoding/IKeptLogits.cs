namespace Qwen35Batch.Inference.Decoding;

/// <summary>The logits of the last decode step where they stay on a device, of which little is brought down.</summary>
internal interface IKeptLogits
{
    /// <summary>Brings down the best logits of some rows.</summary>
    /// <param name="rows">Rows of the last step, with what is allowed in each; what was found is written into them.</param>
    void Read(IReadOnlyList<BestLogits> rows);

    /// <summary>Brings down a whole row.</summary>
    /// <param name="row">Of the last step.</param>
    /// <param name="logits">As many as the vocabulary has tokens.</param>
    void ReadWhole(int row, Span<float> logits);
}
