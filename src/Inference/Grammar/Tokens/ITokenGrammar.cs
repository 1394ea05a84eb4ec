namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// Which tokens may come next in one answer. One instance a request; not thread-safe. Masks are bit sets: bit <c>id % 64</c> of
/// element <c>id / 64</c>, set where the token is allowed.
/// </summary>
internal interface ITokenGrammar
{
    /// <summary>True when the answer is complete: only the end of the text may follow.</summary>
    bool IsComplete { get; }

    /// <summary>The smallest number of tokens (the end-of-text token not counted) that completes the answer from here.</summary>
    int ShortestCompletion { get; }

    /// <summary>
    /// Writes the allowed tokens. With <paramref name="remaining"/> tokens left, only those are allowed after which the answer can still be
    /// completed in time; so an answer is always complete when its budget ends, if the budget was at least
    /// <see cref="ShortestCompletion"/> at the start.
    /// </summary>
    /// <param name="mask">At least <c>(vocabulary size + 63) / 64</c> elements; overwritten.</param>
    /// <param name="remaining">Tokens that may still be generated, this one included, the end-of-text token not counted.</param>
    void FillMask(Span<ulong> mask, int remaining);

    /// <summary>
    /// Returns the tokens that must come next whatever the model prefers, or an empty list when there is a choice. They are not accepted
    /// yet.
    /// </summary>
    IReadOnlyList<int> ForcedTokens(int remaining);

    /// <summary>
    /// The bytes that must come next, whichever token writes them: where a token that is still to be chosen begins with them, they were no
    /// choice.
    /// </summary>
    int ForcedBytes { get; }

    /// <summary>Goes on after a token that the mask allowed.</summary>
    /// <exception cref="InvalidOperationException">The token was not allowed.</exception>
    void Accept(int token);
}
