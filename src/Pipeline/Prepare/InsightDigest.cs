using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>Makes insights fit into a number of characters, the same way every time.</summary>
internal static class InsightDigest
{
    // Texts and lists are cut ever shorter; what comes first in a schema is kept longest.
    private static readonly (int Characters, int Items)[] Steps =
        [(int.MaxValue, int.MaxValue), (2000, 60), (800, 30), (400, 20), (200, 12), (120, 8), (80, 5), (40, 3), (24, 1)];

    /// <summary>The insights as JSON, in order; fewer of them, evenly spread, when not even the shortest forms fit.</summary>
    public static Digest Make(IReadOnlyList<SegmentInsight> insights, int budget)
    {
        var texts = new List<string>();
        foreach (var (characters, items) in Steps)
        {
            texts = [.. insights.Select(insight => Shorten(insight.Insight, characters, items)?.ToJsonString(Prompts.Json) ?? "null")];
            if (texts.Sum(text => text.Length) <= budget)
                return new([.. insights.Zip(texts)], Shortened: characters != int.MaxValue);
        }

        var kept = Math.Max(1, (int)(insights.Count * ((double)budget / texts.Sum(text => text.Length))));
        return new(
            [
                .. Enumerable.Range(0, kept)
                    .Select(index => (int)((long)index * insights.Count / kept))
                    .Select(index => (insights[index], texts[index]))
            ],
            Shortened: true);
    }

    private static JsonNode? Shorten(JsonElement value, int characters, int items) => value.ValueKind switch
    {
        JsonValueKind.Object =>
            new JsonObject(
                value.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, Shorten(member.Value, characters, items)))),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Take(items).Select(item => Shorten(item, characters, items))]),
        JsonValueKind.String => JsonValue.Create(Prompts.Cut(value.GetString()!, characters)),
        JsonValueKind.Null => null,
        _ => JsonValue.Create(value),
    };

    internal sealed record Digest(IReadOnlyList<(SegmentInsight Insight, string Json)> Kept, bool Shortened);
}
