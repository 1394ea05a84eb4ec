namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>Tokens that must follow.</summary>
/// <param name="Tokens">The ids.</param>
/// <param name="Costs">After each of them, the tokens that certainly suffice to the end.</param>
/// <param name="Bytes">
/// The bytes that must follow, those included that no token of the run writes, since it could as well be a longer one.
/// </param>
internal sealed record ForcedRun(int[] Tokens, int[] Costs, int Bytes)
{
    public static ForcedRun None { get; } = new([], [], 0);

    /// <summary>As many of the tokens as leave room for the rest of the answer.</summary>
    public IReadOnlyList<int> Within(int remaining)
    {
        for (var i = 0; i < Tokens.Length; i++)
        {
            if (Costs[i] > remaining - i - 1)
                return Tokens[..i];
        }

        return Tokens;
    }
}
