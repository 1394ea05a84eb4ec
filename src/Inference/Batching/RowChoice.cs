using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Sampling;

namespace Qwen35Batch.Inference.Batching;

/// <summary>The choice of one sequence's next token.</summary>
/// <param name="sequence">The sequence.</param>
/// <param name="logits">Its row of logits.</param>
/// <param name="mask">Room for what its grammar allows.</param>
internal sealed class RowChoice(Sequence sequence, Memory<float> logits, ulong[] mask)
{
    public Sequence Sequence => sequence;

    /// <summary>The token, unless there is an <see cref="Error"/>.</summary>
    public int Token { get; private set; }

    /// <summary>How sure the model was of the token; null when the sequence does not want to know.</summary>
    public SampledToken? Measured { get; private set; }

    /// <summary>Why there is no token.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Finds what may come next. Grammars share what they have found out, so this is for one thread.</summary>
    public void FillMask()
    {
        try
        {
            if (sequence.Answer.HasGrammar)
                sequence.Answer.FillMask(mask);
        }
        catch (Exception error)
        {
            Error = error;
        }
    }

    /// <summary>Chooses the token; choices share nothing.</summary>
    public void Choose(Sampler sampler)
    {
        if (Error is not null)
            return;
        try
        {
            var (answer, allowed) = (sequence.Answer, sequence.Answer.HasGrammar ? mask : []);
            if (answer.WantsChoices)
            {
                Measured = sampler.NextMeasured(logits.Span, allowed, answer.Sampling, sequence.AnswerTokens);
                Token = Measured.Value.Id;
            }
            else
            {
                Token = sampler.Next(logits.Span, allowed, answer.Sampling, sequence.AnswerTokens);
            }
        }
        catch (Exception error)
        {
            Error = error;
        }
    }
}
