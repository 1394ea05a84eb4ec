using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Endpoints.Replies;

/// <summary>The log probabilities of a reply, where they say something.</summary>
/// <param name="Choices">The tokens of the answer that were a choice; null when nothing follows from what the server sent.</param>
/// <param name="Problem">Why there are none, for an operator; null when there are.</param>
internal sealed record ReplyProbabilities(IReadOnlyList<TokenChoice>? Choices, string? Problem)
{
    // What servers write for a token that the grammar excludes, where JSON has no infinity.
    private const double Excluded = -9_000;

    // So many tokens in a row of which the server is wholly sure are no model's.
    private const int EnoughToTell = 50;
    private const double Sure = -1e-6;

    // Where no other token is listed, the margin is at least that to all others together.
    private const double WidestMargin = 20;

    /// <param name="choice">The choice of the reply.</param>
    /// <param name="answer">The text that was taken for the answer.</param>
    public static ReplyProbabilities Read(JsonElement choice, string answer)
    {
        if (ReplyJson.Member(choice, "logprobs") is not { } sent
            || ReplyJson.Member(sent, "content") is not { ValueKind: JsonValueKind.Array } content
            || content.GetArrayLength() == 0)
        {
            return new(null, "it sends no log probabilities (logprobs.content)");
        }

        var written = new List<byte>();
        var tokens = new List<(int Start, int Length, double LogProbability, double? Other)>();
        foreach (var entry in content.EnumerateArray())
        {
            if (Bytes(entry) is not { } bytes || Number(entry, "logprob") is not { } logProbability)
                return new(null, "its log probabilities lack a token's text or number");
            tokens.Add((written.Count, bytes.Length, logProbability, BestOther(entry)));
            written.AddRange(bytes);
        }

        // The answer may stand behind thinking, or between fences.
        var text = Encoding.UTF8.GetBytes(answer);
        var start = text.Length == 0 ? -1 : CollectionsMarshal.AsSpan(written).LastIndexOf(text);
        if (start < 0) return new(null, "the tokens of its log probabilities do not add up to its answer");
        var own = tokens.Where(token => token.Start < start + text.Length && token.Start + token.Length > start).ToList();
        if (own.Count >= EnoughToTell && own.TrueForAll(token => token.LogProbability >= Sure))
        {
            return new(
                null,
                "its log probabilities are all 0, as those are that are computed after the choice (vLLM: --logprobs-mode raw_logprobs)");
        }

        return new([.. own.Where(IsChoice).Select(token => Choice(token, start, text.Length))], null);
    }

    /// <summary>A token that nothing else could have been was forced by the grammar, and says nothing.</summary>
    private static bool IsChoice((int Start, int Length, double LogProbability, double? Other) token) =>
        token.LogProbability > Excluded && (token.Other is { } other ? other > Excluded : token.LogProbability < Sure);

    private static TokenChoice Choice(
        (int Start, int Length, double LogProbability, double? Other) token, int start, int length)
    {
        var from = Math.Max(token.Start - start, 0);
        var probability = Math.Clamp(Math.Exp(token.LogProbability), double.Epsilon, 1);
        var margin = token.LogProbability - (token.Other ?? Math.Log(Math.Max(1 - probability, double.Epsilon)));
        return new(from, Math.Min(token.Start + token.Length - start, length) - from, probability, Math.Min(margin, WidestMargin));
    }

    /// <summary>The log probability of the likeliest token that was not written; null when none is listed.</summary>
    private static double? BestOther(JsonElement entry)
    {
        if (ReplyJson.Member(entry, "top_logprobs") is not { ValueKind: JsonValueKind.Array } listed) return null;
        var chosen = ReplyJson.Text(entry, "token");
        var others = listed.EnumerateArray()
            .Where(other => ReplyJson.Text(other, "token") != chosen)
            .Select(other => Number(other, "logprob") ?? double.NegativeInfinity)
            .ToList();
        return others.Count == 0 ? null : others.Max();
    }

    private static byte[]? Bytes(JsonElement entry)
    {
        if (ReplyJson.Member(entry, "bytes") is { ValueKind: JsonValueKind.Array } listed)
        {
            var bytes = listed.EnumerateArray()
                .Select(one => one.ValueKind == JsonValueKind.Number && one.TryGetByte(out var value) ? value : -1)
                .ToList();
            return bytes.Contains(-1) ? null : [.. bytes.Select(value => (byte)value)];
        }

        return ReplyJson.Member(entry, "token") is { ValueKind: JsonValueKind.String } token
            ? Encoding.UTF8.GetBytes(ReplyJson.TextOf(token))
            : null;
    }

    private static double? Number(JsonElement entry, string name) =>
        ReplyJson.Member(entry, name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;
}
