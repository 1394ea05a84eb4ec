using System.Text;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Sampling;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>A model with random weights: it wants something else at every step, and is held to the grammar.</summary>
internal static class RandomModel
{
    /// <summary>Writes an answer with at most a number of tokens.</summary>
    /// <returns>The answer's bytes, and whether the grammar had it complete when the budget ended.</returns>
    /// <exception cref="InvalidOperationException">The grammar allows nothing more, which never happens to one that is right.</exception>
    public static (byte[] Text, bool IsComplete) Write(CompiledGrammar grammar, TokenVocabulary vocabulary, int budget, int seed)
    {
        var random = new Random(seed);
        var sampler = new Sampler(vocabulary.Size);
        // Cold models repeat themselves, hot ones write anything.
        var settings = new SamplingSettings
        {
            Temperature = seed % 3 == 0 ? 0 : 1,
            Seed = seed,
            TopK = seed % 5 == 0 ? 20 : 0,
            TopP = seed % 7 == 0 ? 0.8f : 1
        };
        var takesForced = seed % 2 == 0;
        var session = grammar.CreateSession();
        var mask = new ulong[(vocabulary.Size + 63) / 64];
        var logits = new float[vocabulary.Size];
        var written = new List<int>();
        while (!session.IsComplete && written.Count < budget)
        {
            if (takesForced && session.ForcedTokens(budget - written.Count) is { Count: > 0 } forced)
            {
                foreach (var token in forced)
                    session.Accept(token);
                written.AddRange(forced);
                continue;
            }
            session.FillMask(mask, budget - written.Count);
            for (var i = 0; i < logits.Length; i++)
                logits[i] = random.NextSingle() * 12;
            if (mask.AsSpan().IndexOfAnyExcept(0UL) < 0)
            {
                throw new InvalidOperationException(
                    $"No token may follow, with {budget - written.Count} left, behind {Encoding.UTF8.GetString(Bytes(written))}");
            }

            var next = sampler.Next(logits, mask, settings, written.ToArray());
            session.Accept(next);
            if (!vocabulary.EndOfText.Contains(next))
                written.Add(next);
        }
        return (Bytes(written), session.ShortestCompletion == 0 && written.Count <= budget);

        byte[] Bytes(List<int> tokens) => [.. tokens.SelectMany(token => vocabulary[token]!)];
    }
}
