using Qwen35Batch.Inference.Grammar.Tokens;

namespace Qwen35Batch.Inference.Tests.Batching;

/// <summary>Allows one text only, except that a negative number stands for any token but the end of the text.</summary>
internal sealed class ScriptGrammar(params int[] script) : ITokenGrammar
{
    private int _next;

    public bool IsComplete => _next == script.Length;

    public int ShortestCompletion => script.Length - _next;

    public int ForcedBytes => 0;

    public void FillMask(Span<ulong> mask, int remaining)
    {
        mask.Clear();
        for (var id = 1; id < HistoryModel.Vocabulary; id++)
        {
            if (script[_next] < 0 || script[_next] == id)
            {
                mask[id / 64] |= 1UL << (id % 64);
            }
        }
    }

    public IReadOnlyList<int> ForcedTokens(int remaining) => [.. script.Skip(_next).TakeWhile(token => token >= 0)];

    public void Accept(int token)
    {
        if (IsComplete || (script[_next] >= 0 && script[_next] != token))
        {
            throw new InvalidOperationException("not allowed");
        }

        _next++;
    }
}
