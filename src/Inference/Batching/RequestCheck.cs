using Qwen35Batch.Inference.Batching.Plan;

namespace Qwen35Batch.Inference.Batching;

/// <summary>Whether an engine can ever run a request.</summary>
internal static class RequestCheck
{
    /// <summary>Says why a request can never run, or returns null.</summary>
    /// <param name="promptTokens">Tokens of the prompt.</param>
    /// <param name="outputTokens">Tokens that the answer may have, or null for what is left.</param>
    /// <param name="shortestOutput">Tokens that the answer must have at least.</param>
    /// <param name="limits">What the engine can take.</param>
    public static RequestRefusedException? Refusal(int promptTokens, int? outputTokens, int shortestOutput, BatchLimits limits)
    {
        if (outputTokens < shortestOutput)
        {
            return new(
                RequestRefusal.AnswerLength,
                $"The answer may have {outputTokens} tokens (MaxOutputTokens), but the shortest one that its schema allows has "
                    + $"{shortestOutput}. Allow at least as many.");
        }

        if (outputTokens >= limits.SequenceTokens)
        {
            return new(
                RequestRefusal.AnswerLength,
                $"The answer may have {outputTokens} tokens (MaxOutputTokens), but a sequence of this engine holds "
                    + $"{limits.SequenceTokens}, prompt and answer together (Engine:MaxSequenceTokens). Allow fewer, or raise the limit.");
        }

        var least = outputTokens ?? Math.Max(1, shortestOutput);
        return (long)promptTokens + least <= limits.SequenceTokens
            ? null
            : new(
                RequestRefusal.PromptTooLong,
                $"The request needs {promptTokens} tokens for its prompt and {least} for its answer, {(long)promptTokens + least} "
                    + $"together, but a sequence of this engine holds {limits.SequenceTokens} (Engine:MaxSequenceTokens). Send less text, "
                    + $"smaller pictures or fewer frames, allow a shorter answer, or raise the limit.");
    }
}
