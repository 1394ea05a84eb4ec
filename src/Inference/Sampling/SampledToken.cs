namespace Qwen35Batch.Inference.Sampling;

/// <summary>A token, and how sure the model was of it among the tokens that were allowed, before penalty and temperature.</summary>
/// <param name="Id">The token.</param>
/// <param name="Probability">Its share of the probability, above 0 and at most 1.</param>
/// <param name="Margin">Its logit less that of the best other one, in nats; positive infinity where no other was allowed.</param>
/// <param name="Allowed">How many tokens were allowed.</param>
internal readonly record struct SampledToken(int Id, double Probability, float Margin, int Allowed);
