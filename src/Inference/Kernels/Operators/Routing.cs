namespace Qwen35Batch.Inference.Kernels.Operators;

/// <summary>Which experts a row goes through, and with what weight.</summary>
internal static unsafe class Routing
{
    /// <summary>
    /// Takes the best experts of a row, ascending by their number (of equal ones the first), with the softmax over them alone, which is
    /// what the softmax over all becomes when it is normalised.
    /// </summary>
    /// <param name="scores">One a expert.</param>
    /// <param name="experts">Receives the numbers; its length is how many are taken.</param>
    /// <param name="weights">Receives the weights, which sum to one.</param>
    public static void Choose(ReadOnlySpan<float> scores, Span<int> experts, Span<float> weights)
    {
        // Best first. A score that is not a number is worse than any other.
        for (var taken = 0; taken < experts.Length; taken++)
        {
            experts[taken] = -1;
        }

        for (var expert = 0; expert < scores.Length; expert++)
        {
            var place = experts.Length;
            while (place > 0
                && (experts[place - 1] < 0 || scores[expert] > scores[experts[place - 1]] || float.IsNaN(scores[experts[place - 1]])))
            {
                place--;
            }

            if (place < experts.Length)
            {
                experts[place..^1].CopyTo(experts[(place + 1)..]);
                experts[place] = expert;
            }
        }

        var best = scores[experts[0]];
        experts.Sort();
        var sum = 0f;
        for (var i = 0; i < experts.Length; i++)
        {
            sum += weights[i] = MathF.Exp(scores[experts[i]] - best);
        }

        for (var i = 0; i < experts.Length; i++)
        {
            weights[i] /= sum;
        }
    }

    public static float Sigmoid(float value) => 1 / (1 + MathF.Exp(-value));
}
