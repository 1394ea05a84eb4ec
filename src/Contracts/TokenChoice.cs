namespace Qwen35Batch.Contracts;

/// <summary>
/// A token of an answer that was a real choice: the schema allowed others in its place. Between engine and pipeline only; a chat client
/// that knows them returns a list of these in the response's additional property <see cref="Property"/>.
/// </summary>
/// <param name="Start">
/// Where it begins in the answer's text, in bytes of UTF-8; without those of its first bytes that nothing else could have been.
/// </param>
/// <param name="Length">Its bytes from there on.</param>
/// <param name="Probability">
/// Its share of the probability of the allowed tokens, before penalties and temperature; above 0 and at most 1.
/// </param>
/// <param name="Margin">Its logit less that of the best other allowed token, in nats.</param>
public sealed record TokenChoice(int Start, int Length, double Probability, double Margin)
{
    /// <summary>
    /// The additional property of a request that asks for the choices (<see cref="bool"/>), and of the response that has them
    /// (<see cref="IReadOnlyList{T}"/> of <see cref="TokenChoice"/>, in the order of the text). A response without it has no evidence.
    /// </summary>
    public const string Property = "token_choices";
}
