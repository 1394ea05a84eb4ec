namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>Where the patches of a frame are.</summary>
internal interface IVisionPositions
{
    /// <summary>The value <c>[frames, patches of a frame, hidden]</c>.</summary>
    string FramesShape { get; }

    /// <summary>The learned positions, <c>[patches of a frame, hidden]</c>.</summary>
    string Embeddings();

    /// <summary>
    /// Cosine and sine <c>[patches of a frame, head dim / 2]</c>: the first half turns with the row, the second with the column.
    /// </summary>
    (string Cos, string Sin) Rotary();
}
