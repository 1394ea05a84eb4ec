namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>What the decoder's graph is fed in a step, and what it gives.</summary>
internal interface IStepInputs
{
    /// <summary>The value <c>[batch, sequence, -1]</c>, to turn rows back into sequences.</summary>
    string SequenceShape { get; }

    /// <summary>The embeddings of all tokens, <c>[batch * sequence, hidden]</c>.</summary>
    string Embeddings();

    /// <summary>The rows whose logits are wanted.</summary>
    string Wanted(string rows);

    /// <summary>Makes the logits of those rows the graph's output.</summary>
    void Output(string logits);
}
