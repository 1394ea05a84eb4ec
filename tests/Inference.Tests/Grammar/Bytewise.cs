using Qwen35Batch.Inference.Grammar.Tokens;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>Follows texts byte by byte, for grammars over single bytes.</summary>
internal static class Bytewise
{
    /// <summary>Whether a whole answer is taken.</summary>
    public static bool Accepts(this CompiledGrammar grammar, ReadOnlySpan<byte> text)
    {
        var session = grammar.CreateSession();
        try
        {
            foreach (var value in text)
                session.Accept(value);
        }
        catch (InvalidOperationException)
        {
            return false;
        }

        return session.ShortestCompletion == 0;
    }
}
