using Qwen35Batch.Inference.Grammar.Tokens;

namespace Qwen35Batch.Inference.Batching;

/// <summary>
/// An answer that may call tools, or has to: text, then calls between their marks and nothing after them. A call is only begun when the
/// budget suffices to end it.
/// </summary>
/// <param name="calls">What stands between the marks.</param>
/// <param name="marks">The marks.</param>
/// <param name="isRequired">Whether the answer begins with a call.</param>
/// <param name="mostCalls">How many calls there may be.</param>
internal sealed class ToolCallGrammar(CompiledGrammar calls, ToolMarks marks, bool isRequired, int mostCalls) : ITokenGrammar
{
    private Part _part = isRequired ? Part.BeforeCall : Part.Text;
    private ITokenGrammar? _call;
    private int _count;
    private int _written;

    private enum Part
    {
        Text,
        BeforeCall,
        Call,
        AfterCall,
        Complete,
    }

    public bool IsComplete => _part == Part.Complete || (_part == Part.AfterCall && _count == mostCalls);

    public int ShortestCompletion => _part switch
    {
        Part.BeforeCall => WholeCall,
        Part.Call => _call!.ShortestCompletion + 1,
        _ => 0,
    };

    public int ForcedBytes => _part == Part.Call ? _call!.ForcedBytes : 0;

    private int WholeCall => calls.ShortestCompletion + 2;

    public void FillMask(Span<ulong> mask, int remaining)
    {
        mask.Clear();
        switch (_part)
        {
            case Part.Text:
                marks.TextAfter(_written).CopyTo(mask);
                AllowEnd(mask);
                if (remaining >= WholeCall)
                    Allow(mask, marks.Start);
                break;
            case Part.BeforeCall:
                Allow(mask, marks.Start);
                break;
            case Part.Call when _call!.IsComplete:
                Allow(mask, marks.End);
                break;
            case Part.Call:
                _call!.FillMask(mask, Math.Max(remaining - 1, 0));
                break;
            case Part.AfterCall:
                AllowEnd(mask);
                if (_count < mostCalls && remaining > WholeCall)
                    Allow(mask, marks.Gap);
                break;
            default:
                AllowEnd(mask);
                break;
        }
    }

    public IReadOnlyList<int> ForcedTokens(int remaining) => _part switch
    {
        Part.BeforeCall => [marks.Start],
        Part.Call when _call!.IsComplete => [marks.End],
        Part.Call => _call!.ForcedTokens(Math.Max(remaining - 1, 0)),
        _ => [],
    };

    public void Accept(int token)
    {
        switch (_part)
        {
            case Part.Text or Part.AfterCall or Part.Complete when marks.Vocabulary.EndOfText.Contains(token):
                _part = Part.Complete;
                break;
            case Part.Text or Part.BeforeCall when token == marks.Start:
                _part = Part.Call;
                _call = calls.CreateSession();
                break;
            case Part.Text when (marks.TextAfter(_written)[token >> 6] >> (token & 63) & 1) != 0:
                _written = marks.After(_written, token);
                break;
            case Part.Call when _call!.IsComplete && token == marks.End:
                _part = Part.AfterCall;
                _count++;
                break;
            case Part.Call when !_call!.IsComplete:
                _call.Accept(token);
                break;
            case Part.AfterCall when token == marks.Gap && _count < mostCalls:
                _part = Part.BeforeCall;
                break;
            default:
                throw new InvalidOperationException($"Token {token} is not allowed here.");
        }
    }

    private void AllowEnd(Span<ulong> mask)
    {
        foreach (var end in marks.Vocabulary.EndOfText)
            Allow(mask, end);
    }

    private static void Allow(Span<ulong> mask, int token) => mask[token >> 6] |= 1UL << (token & 63);
}
