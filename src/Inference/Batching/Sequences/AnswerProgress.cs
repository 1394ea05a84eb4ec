using System.Threading.Channels;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Sampling;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Batching.Sequences;

/// <summary>How far an answer is, and what may come next.</summary>
internal sealed class AnswerProgress(EngineRequest request, int maxTokens, TokenVocabulary vocabulary)
{
    private readonly ITokenGrammar? _grammar = request.Grammar;
    private readonly StopMatcher? _stops = request.StopSequences.Count > 0 ? new StopMatcher(request.StopSequences) : null;
    private readonly ChannelWriter<int>? _stream = request.Stream;

    public int Count { get; private set; }

    /// <summary>Set when the answer has ended.</summary>
    public FinishCause? Cause { get; private set; }

    public bool HasGrammar => _grammar is not null;

    public bool WantsChoices { get; } = request.WantsChoices;

    /// <summary>The tokens that were a choice; empty unless they are wanted.</summary>
    public List<AnswerChoice> Choices { get; } = [];

    public SamplingSettings Sampling { get; } = request.Sampling;

    /// <summary>Writes the tokens that may come next.</summary>
    public void FillMask(Span<ulong> mask) => _grammar!.FillMask(mask, maxTokens - Count);

    /// <summary>Ends the answer, because the model did.</summary>
    public void EndText() => Cause = FinishCause.EndOfText;

    /// <summary>Keeps how sure the model was of the token that comes next. What nothing else could be was no choice.</summary>
    public void Measure(SampledToken token)
    {
        if (token.Allowed > 1)
        {
            Choices.Add(new(Count, token, _grammar?.ForcedBytes ?? 0));
        }
    }

    /// <summary>Goes on after a token, and notices the end of the answer.</summary>
    public void Accept(int token)
    {
        Count++;
        _grammar?.Accept(token);
        _stream?.TryWrite(token);
        if (_stops is not null && vocabulary[token] is { } bytes && _stops.Append(bytes))
        {
            Cause = FinishCause.StopSequence;
        }
        else if (_grammar is { IsComplete: true })
        {
            Cause = FinishCause.Complete;
        }
        else if (Count >= maxTokens)
        {
            Cause = FinishCause.Length;
        }
    }

    /// <summary>The tokens that must come next.</summary>
    public IReadOnlyList<int> Forced() => _grammar?.ForcedTokens(maxTokens - Count) ?? [];

    public void CloseStream(Exception? error) => _stream?.TryComplete(error);
}
