using System.Text;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Sampling;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Batching;

/// <summary>Writes what a model of random weights answers where it may call tools.</summary>
internal static class ToolCallWriter
{
    public static Qwen35Tokenizer Tokenizer { get; } = Qwen35Tokenizer.Load(Path.Combine(AppContext.BaseDirectory, "Data", "tiny-moe"));

    public static TokenVocabulary Vocabulary { get; } = Tokenizer.CreateVocabulary(2048);

    public static GrammarCompiler Compiler { get; } = new(Vocabulary);

    public static ToolMarks Marks { get; } = ToolMarks.Create(Tokenizer, Vocabulary);

    public static string Write(ToolCallGrammar grammar, int budget, int seed)
    {
        var random = new Random(seed);
        var sampler = new Sampler(Vocabulary.Size);
        var settings = new SamplingSettings { Temperature = 1, Seed = seed };
        var mask = new ulong[(Vocabulary.Size + 63) / 64];
        var logits = new float[Vocabulary.Size];
        var written = new List<int>();
        while (!grammar.IsComplete && written.Count < budget)
        {
            grammar.FillMask(mask, budget - written.Count);
            for (var i = 0; i < logits.Length; i++)
                logits[i] = random.NextSingle() * 12;
            logits[Marks.Start] += seed % 3 == 0 ? 12 : 0;
            logits[Marks.Gap] += 6;
            var next = sampler.Next(logits, mask, settings, written.ToArray());
            grammar.Accept(next);
            if (!Vocabulary.EndOfText.Contains(next))
                written.Add(next);
        }

        Assert.Equal(0, grammar.ShortestCompletion);
        return Encoding.UTF8.GetString([.. written.SelectMany(token => Vocabulary[token]!)]);
    }
}
