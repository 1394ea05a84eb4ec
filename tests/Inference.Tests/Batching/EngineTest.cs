using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tests.Batching;

/// <summary>An engine over the two doubles, requests for it, and what their greedy answers must be.</summary>
internal static class EngineTest
{
    public static FakeTimeProvider Clock { get; } = new();

    public static TokenVocabulary Vocabulary { get; } =
        new(
            [
                .. Enumerable.Range(0, HistoryModel.Vocabulary)
                    .Select(id => id == HistoryModel.EndOfText ? null : new[] { (byte)(' ' + id % 90) })
            ],
            [HistoryModel.EndOfText]);

    public static BatchLimits Limits(int slots, int prefill = 64, int patches = 64, int length = 4096) =>
        new() { Slots = slots, SequenceTokens = length, PrefillTokens = prefill, VisionPatches = patches };

    public static EngineLoop Start(
        ISequenceModel model, IVisionEncoder? vision = null, int prefill = 64, int patches = 64, long prefixBytes = 0,
        long embeddingBytes = 0, int queue = 1000, TimeProvider? time = null, bool overlaps = true, bool fixedShapes = false) =>
        new(model, vision ?? new PatchSum(), Vocabulary, new EngineLoopSettings
        {
            Limits = Limits(model.Slots - (fixedShapes ? 1 : 0), prefill, patches, model.MaxLength) with { FixedShapes = fixedShapes },
            QueueCapacity = queue,
            PrefixCacheBytes = prefixBytes,
            EmbeddingCacheBytes = embeddingBytes,
            OverlapsVision = overlaps,
        }, time ?? TimeProvider.System, NullLogger<EngineLoop>.Instance);

    public static Task<Generation> Ask(this EngineLoop engine, EngineRequest request) =>
        engine.RunAsync(_ => request, TestContext.Current.CancellationToken);

    /// <summary>A text whose first token is <paramref name="first"/>, which the model double can be told to stumble over.</summary>
    public static EngineRequest Text(
        int first, int length = 20, int most = 16, int prefix = 0, string group = "", ITokenGrammar? grammar = null) => new()
        {
            Prompt = Prompt(
            [
                .. Enumerable.Range(0, length)
                    .Select(i => i == 0 || i >= prefix ? 1 + (((first * 31) + (i * i * 7) + i) % 96) : 1 + (i % 96))
            ],
            [],
            [],
            prefix),
            MaxOutputTokens = most,
            Group = group,
            Grammar = grammar,
        };

    /// <summary>The token that <see cref="Text"/> starts with.</summary>
    public static int FirstToken(int first) => 1 + (first * 31 % 96);

    /// <summary>A text that starts like every other one of its family with the same prefix length.</summary>
    public static EngineRequest Shared(int seed, int prefix, int length, int most = 16, int family = 1)
    {
        var request = Text(seed, length, most, prefix);
        var tokens = request.Prompt.TokenIds.Select((token, i) => i < prefix ? 1 + (i * family % 96) : token);
        return request with { Prompt = Prompt([.. tokens], [], [], prefix) };
    }

    /// <summary>Text, then pictures with a word between them.</summary>
    public static EngineRequest WithPictures(int most, params VisionPatches[] pictures)
    {
        List<int> tokens = [7, 8, 9];
        List<int> indexes = [];
        foreach (var picture in pictures)
        {
            indexes.AddRange(Enumerable.Range(tokens.Count, picture.TokenCount));
            tokens.AddRange(Enumerable.Repeat(50, picture.TokenCount));
            tokens.Add(11);
        }

        return new EngineRequest { Prompt = Prompt([.. tokens], pictures, [.. indexes], 0), MaxOutputTokens = most };
    }

    public static VisionPatches Picture(int seed, int blocks = 4) =>
        new([seed * 1.5f], 1, 2, 2 * blocks, blocks == 4 ? $"picture {seed}" : $"picture {seed} of {blocks}");

    /// <summary>The greedy answer, computed without an engine.</summary>
    public static int[] Expected(EngineRequest request, ITokenGrammar? grammar = null)
    {
        var prompt = request.Prompt;
        var embeddings = prompt.Media.SelectMany(PatchSum.Embed).ToArray();
        ulong state = 0;
        for (int i = 0, media = 0; i < prompt.TokenIds.Length; i++)
        {
            var at = Enumerable.Range(0, 3).Select(axis => prompt.Positions[(axis * prompt.TokenIds.Length) + i]).ToArray();
            var token = prompt.TokenIds[i];
            if (media < prompt.MediaTokenIndexes.Length && prompt.MediaTokenIndexes[media] == i)
            {
                state = HistoryModel.Fold(
                    HistoryModel.Fold(state, BitConverter.SingleToUInt32Bits(embeddings[2 * media])),
                    BitConverter.SingleToUInt32Bits(embeddings[(2 * media) + 1]));
                token = -1;
                media++;
            }

            state = HistoryModel.FoldToken(state, token, at[0], at[1], at[2]);
        }

        List<int> answer = [];
        var logits = new float[HistoryModel.Vocabulary];
        var mask = new ulong[2];
        while (answer.Count < request.MaxOutputTokens && grammar is not { IsComplete: true })
        {
            HistoryModel.WriteLogits(state, logits);
            Array.Fill(mask, ulong.MaxValue);
            grammar?.FillMask(mask, request.MaxOutputTokens.Value - answer.Count);
            var best = Enumerable.Range(0, logits.Length).Where(id => (mask[id / 64] >> (id % 64) & 1) != 0).MaxBy(id => logits[id]);
            if (best == HistoryModel.EndOfText)
            {
                break;
            }

            grammar?.Accept(best);
            answer.Add(best);
            var position = prompt.TokenIds.Length + prompt.RopeDelta + answer.Count - 1;
            state = HistoryModel.FoldToken(state, best, position, position, position);
        }

        return [.. answer];
    }

    private static PreparedPrompt Prompt(int[] tokens, VisionPatches[] media, int[] mediaIndexes, int prefix)
    {
        // Positions as the real ones: text counts up, pictures stand still in time, and the answer goes on from an offset.
        var positions = new int[3 * tokens.Length];
        for (int i = 0, at = 0; i < tokens.Length; i++)
        {
            var isMedia = mediaIndexes.Contains(i);
            positions[i] = positions[tokens.Length + i] = positions[(2 * tokens.Length) + i] = at;
            positions[(2 * tokens.Length) + i] += isMedia ? i % 3 : 0;
            at += isMedia && i % 2 == 0 ? 0 : 1;
        }

        return new PreparedPrompt
        {
            TokenIds = tokens,
            Positions = positions,
            RopeDelta = positions[tokens.Length - 1] + 1 - tokens.Length,
            Media = media,
            MediaTokenIndexes = mediaIndexes,
            SharedPrefixLength = prefix,
            PictureCount = media.Length,
        };
    }
}
