using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Sampling;

namespace Qwen35Batch.Inference.Batching;

/// <summary>The choice of one sequence's next token.</summary>
/// <param name="sequence">The sequence.</param>
/// <param name="logits">Its row of logits.</param>
/// <param name="mask">Room for what its grammar allows.</param>
/// <param name="best">Room for the best logits of a row that stayed on a device; null where the row is here.</param>
internal sealed class RowChoice(Sequence sequence, Memory<float> logits, ulong[] mask, BestLogits? best = null)
{
    public Sequence Sequence => sequence;

    public BestLogits? Best => best;

    /// <summary>Whether the choice depends on the whole row.</summary>
    public bool NeedsWhole { get; private set; }

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
            if (best is not null)
                best.Mask = sequence.Answer.HasGrammar ? mask : default(ReadOnlyMemory<ulong>);
        }
        catch (Exception error)
        {
            Error = error;
        }
    }

    /// <summary>There is no token.</summary>
    public void Fail(Exception error) => Error = error;

    /// <summary>The row is here now.</summary>
    public void ReadWhole(IKeptLogits kept) => kept.ReadWhole(best!.Row, logits.Span);

    /// <summary>Chooses the token from the best logits, or finds that it needs the whole row; choices share nothing.</summary>
    public void Choose(BestSampler sampler)
    {
        if (Error is not null)
            return;
        try
        {
            if (sampler.Next(best!, sequence.Answer.Sampling, sequence.AnswerTokens) is { } chosen)
                (Token, Measured) = (chosen.Id, sequence.Answer.WantsChoices ? chosen : null);
            else
                NeedsWhole = true;
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
