using System.Text.Json;

namespace Qwen35Batch.Pipeline.Endpoints.Replies;

/// <summary>The message of a reply: its text, wherever the server put it.</summary>
/// <param name="Text">The answer; empty when there is none.</param>
/// <param name="Refusal">Why the model refuses to answer; null when it does not.</param>
/// <param name="Note">Where the answer was found, when not where it belongs.</param>
internal sealed record AnswerMessage(string Text, string? Refusal, string? Note)
{
    /// <returns>Null when the choice has no message.</returns>
    public static AnswerMessage? Read(JsonElement choice)
    {
        var message = ReplyJson.Member(choice, "message") ?? ReplyJson.Member(choice, "delta");
        if (message is not { ValueKind: JsonValueKind.Object } found)
            return ReplyJson.Text(choice, "text") is { } text ? Found(text, null) : null;

        if (ReplyJson.Text(found, "refusal") is { } refusal && !string.IsNullOrWhiteSpace(refusal)) return new("", refusal, null);
        AnswerMessage? first = null;
        foreach (var (candidate, place) in Candidates(found))
        {
            if (string.IsNullOrWhiteSpace(candidate)) continue;
            var answer = Found(candidate, place);
            // A text in the right place that is no JSON gives way to JSON in another.
            if (FoundAnswer.In(candidate).IsObject) return answer;
            first ??= answer;
        }

        return first ?? new("", null, null);
    }

    private static IEnumerable<(string? Text, string? Place)> Candidates(JsonElement message)
    {
        yield return (Content(ReplyJson.Member(message, "content")), null);
        yield return (Call(message), "a tool call");
        foreach (var name in (string[])["reasoning_content", "reasoning", "thinking"])
            yield return (Content(ReplyJson.Member(message, name)), name);
    }

    private static AnswerMessage Found(string text, string? place)
    {
        var answer = FoundAnswer.In(text);
        var note = place is null ? null : $"The message's content was empty or no JSON; the model's answer stood in {place}.";
        return new(answer.Text, null, note is null || answer.Note is null ? note ?? answer.Note : $"{note} {answer.Note}");
    }

    private static string? Content(JsonElement? content) => content switch
    {
        { ValueKind: JsonValueKind.String } text => ReplyJson.TextOf(text),
        { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray().Select(Part)),
        { ValueKind: JsonValueKind.Object } answer => answer.GetRawText(),
        _ => null,
    };

    private static string? Part(JsonElement part) =>
        part.ValueKind == JsonValueKind.String ? ReplyJson.TextOf(part) : ReplyJson.Text(part, "text");

    private static string? Call(JsonElement message)
    {
        var function = ReplyJson.Member(message, "tool_calls") is { ValueKind: JsonValueKind.Array } calls && calls.GetArrayLength() > 0
            ? ReplyJson.Member(calls[0], "function")
            : ReplyJson.Member(message, "function_call");
        return function is { } called ? Content(ReplyJson.Member(called, "arguments")) : null;
    }
}
