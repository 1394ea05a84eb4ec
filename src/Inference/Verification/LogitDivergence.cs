namespace Qwen35Batch.Inference.Verification;

/// <summary>How different two distributions of the next token are.</summary>
internal static class LogitDivergence
{
    /// <summary>The mean Kullback-Leibler divergence from the reference, in nats; NaN where a logit is not a number.</summary>
    /// <param name="logits">Rows of logits.</param>
    /// <param name="reference">As many.</param>
    /// <param name="vocabulary">The length of a row.</param>
    public static double Mean(ReadOnlySpan<float> logits, ReadOnlySpan<float> reference, int vocabulary)
    {
        var sum = 0d;
        for (var row = 0; row < logits.Length; row += vocabulary)
        {
            sum += OfRow(logits.Slice(row, vocabulary), reference.Slice(row, vocabulary));
        }

        return sum / (logits.Length / vocabulary);
    }

    private static double OfRow(ReadOnlySpan<float> logits, ReadOnlySpan<float> reference)
    {
        var (all, allReference) = (LogSumExp(logits), LogSumExp(reference));
        var sum = 0d;
        for (var i = 0; i < logits.Length; i++)
        {
            var probability = reference[i] - allReference;
            sum += Math.Exp(probability) * (probability - (logits[i] - all));
        }

        return sum;
    }

    private static double LogSumExp(ReadOnlySpan<float> logits)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        var sum = 0d;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return largest + Math.Log(sum);
    }
}
