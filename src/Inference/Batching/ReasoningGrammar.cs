using Qwen35Batch.Inference.Grammar.Tokens;

namespace Qwen35Batch.Inference.Batching;

/// <summary>
/// Free reasoning, then an answer in a grammar. The reasoning may take half of the tokens at most, and less when the answer's shortest
/// form needs more than the other half; then its end is forced.
/// </summary>
internal sealed class ReasoningGrammar(ITokenGrammar answer, ReasoningMarks marks) : ITokenGrammar
{
    private int? _total;
    private int _written = -1;

    public bool IsComplete => IsAnswering && answer.IsComplete;

    public int ShortestCompletion => (IsAnswering ? 0 : marks.End.Count - Math.Max(_written, 0)) + answer.ShortestCompletion;

    public int ForcedBytes => IsAnswering ? answer.ForcedBytes : 0;

    private bool IsAnswering => _written == marks.End.Count;

    public void FillMask(Span<ulong> mask, int remaining)
    {
        if (IsAnswering)
        {
            answer.FillMask(mask, remaining);
            return;
        }

        if (_written >= 0 || MustEnd(remaining))
        {
            mask.Clear();
        }
        else
        {
            marks.Text.CopyTo(mask);
        }

        var next = marks.End[Math.Max(_written, 0)];
        mask[next / 64] |= 1UL << (next % 64);
    }

    public IReadOnlyList<int> ForcedTokens(int remaining)
    {
        if (IsAnswering)
        {
            return answer.ForcedTokens(remaining);
        }

        return _written >= 0 || MustEnd(remaining) ? [.. marks.End.Skip(Math.Max(_written, 0))] : [];
    }

    public void Accept(int token)
    {
        if (IsAnswering)
        {
            answer.Accept(token);
        }
        else if (token == marks.End[Math.Max(_written, 0)])
        {
            _written = Math.Max(_written, 0) + 1;
        }
        else if (_written >= 0)
        {
            throw new InvalidOperationException($"After the reasoning, token {marks.End[_written]} must follow, not {token}.");
        }
    }

    private bool MustEnd(int remaining)
    {
        _total ??= remaining;
        return remaining <= Math.Max(ShortestCompletion, _total.Value / 2);
    }
}
