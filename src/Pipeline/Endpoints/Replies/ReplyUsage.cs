using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Qwen35Batch.Pipeline.Endpoints.Replies;

/// <summary>Reads what an answer took, from numbers, fractions or texts.</summary>
internal static class ReplyUsage
{
    /// <returns>Null when the server does not say.</returns>
    public static UsageDetails? Read(JsonElement root)
    {
        if (ReplyJson.Member(root, "usage") is not { ValueKind: JsonValueKind.Object } usage) return null;
        var input = Tokens(usage, "prompt_tokens") ?? Tokens(usage, "input_tokens");
        var output = Tokens(usage, "completion_tokens") ?? Tokens(usage, "output_tokens");
        var details = ReplyJson.Member(usage, "prompt_tokens_details") ?? ReplyJson.Member(usage, "input_tokens_details");
        return new()
        {
            InputTokenCount = input,
            OutputTokenCount = output,
            TotalTokenCount = Tokens(usage, "total_tokens"),
            CachedInputTokenCount = details is { } of ? Tokens(of, "cached_tokens") : Tokens(usage, "prompt_cache_hit_tokens"),
        };
    }

    private static long? Tokens(JsonElement usage, string name)
    {
        var text = ReplyJson.Member(usage, name) switch
        {
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            { ValueKind: JsonValueKind.String } written => ReplyJson.TextOf(written),
            _ => null,
        };
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var tokens) && tokens >= 0 && tokens <= int.MaxValue
            ? (long)tokens
            : null;
    }
}
