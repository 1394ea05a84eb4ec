namespace Qwen35Batch.Inference.Grammar;

/// <summary>A schema's grammar over one vocabulary, shared by all requests that use it. Thread-safe.</summary>
internal sealed class CompiledGrammar
{
    /// <summary>The smallest number of tokens of a complete answer, end-of-text token not counted.</summary>
    public int ShortestCompletion => throw new NotImplementedException();

    /// <summary>Starts an answer.</summary>
    public ITokenGrammar CreateSession() => throw new NotImplementedException();
}
