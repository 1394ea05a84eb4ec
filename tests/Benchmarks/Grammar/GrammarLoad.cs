using System.Diagnostics;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Sampling;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Benchmarks.Grammar;

/// <summary>Writes answers with random logits, as the engine does: slots side by side, one row after the other.</summary>
internal sealed class GrammarLoad
{
    private const int MaxTokens = 1500;

    // How often a text would rather end here: texts of about ten tokens, as in real answers; without it each one runs to its longest.
    private const double EndOfTextChance = 0.1;

    private readonly TokenVocabulary _vocabulary;
    private readonly Sampler _sampler;
    private readonly float[][] _rows;
    private readonly ulong[] _mask;

    public GrammarLoad(TokenVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _sampler = new Sampler(vocabulary.Size);
        _mask = new ulong[(vocabulary.Size + 63) / 64];
        var random = new Random(11);
        _rows =
        [
            .. Enumerable.Range(0, 16).Select(_ => Enumerable.Range(0, vocabulary.Size).Select(_ => random.NextSingle() * 10).ToArray())
        ];
    }

    public GrammarCost Run(CompiledGrammar grammar, int slots, int answers, int seed)
    {
        var random = new Random(seed);
        var settings = SamplingSettings.Greedy;
        var (mask, worst, accept, sample) = (0L, 0L, 0L, 0L);
        var rows = 0;
        var running = new (ITokenGrammar Grammar, List<int> Written)?[slots];
        for (var finished = 0; finished < answers;)
        {
            for (var slot = 0; slot < slots; slot++)
            {
                if (running[slot] is not { } answer)
                {
                    var begin = Stopwatch.GetTimestamp();
                    answer = (grammar.CreateSession(), []);
                    TakeForced(answer.Grammar, answer.Written);
                    accept += Stopwatch.GetTimestamp() - begin;
                    running[slot] = answer;
                }

                var start = Stopwatch.GetTimestamp();
                answer.Grammar.FillMask(_mask, MaxTokens - answer.Written.Count);
                var filled = Stopwatch.GetTimestamp();
                mask += filled - start;
                worst = Math.Max(worst, filled - start);

                var logits = _rows[random.Next(_rows.Length)];
                var ends = random.NextDouble() < EndOfTextChance;
                logits['"'] += ends ? 100 : 0;
                start = Stopwatch.GetTimestamp();
                var token = _sampler.Next(logits, _mask, settings, []);
                sample += Stopwatch.GetTimestamp() - start;
                logits['"'] -= ends ? 100 : 0;

                start = Stopwatch.GetTimestamp();
                answer.Grammar.Accept(token);
                answer.Written.Add(token);
                TakeForced(answer.Grammar, answer.Written);
                accept += Stopwatch.GetTimestamp() - start;
                rows++;
                if (answer.Grammar.IsComplete || _vocabulary.EndOfText.Contains(token))
                {
                    running[slot] = null;
                    finished++;
                }
            }
        }

        return new GrammarCost(rows, Time(mask), Time(worst), Time(accept), Time(sample));
    }

    private static void TakeForced(ITokenGrammar grammar, List<int> written)
    {
        while (!grammar.IsComplete && grammar.ForcedTokens(MaxTokens - written.Count) is { Count: > 0 } forced)
        {
            foreach (var token in forced)
            {
                grammar.Accept(token);
                written.Add(token);
            }
        }
    }

    private static TimeSpan Time(long ticks) => Stopwatch.GetElapsedTime(0, ticks);
}
