using System.Globalization;
using System.Text.Json;

namespace Qwen35Batch.Pipeline.Endpoints.Replies;

/// <summary>An error that a server wrote into the body of a reply.</summary>
/// <param name="Status">The HTTP status that it names; 500 when it names none.</param>
/// <param name="Message">The server's own words.</param>
internal sealed record ServerError(int Status, string Message)
{
    /// <summary>The error that a reply, or a choice in it, names as one.</summary>
    /// <returns>Null when there is none.</returns>
    public static ServerError? Named(JsonElement parent) => ReplyJson.Member(parent, "error") switch
    {
        { ValueKind: JsonValueKind.Object } error =>
            new(StatusOf(error) ?? StatusOf(parent) ?? 500, MessageOf(error) ?? error.GetRawText()),
        { ValueKind: JsonValueKind.String } text when ReplyJson.TextOf(text) is { Length: > 0 } words =>
            new(StatusOf(parent) ?? 500, words),
        _ => null,
    };

    /// <summary>The error that a reply is when it has no answer: FastAPI's form, and vLLM's older one.</summary>
    /// <returns>Null when there is none.</returns>
    public static ServerError? Whole(JsonElement root) => MessageOf(root) is { } message ? new(StatusOf(root) ?? 500, message) : null;

    private static string? MessageOf(JsonElement error)
    {
        foreach (var name in (string[])["message", "detail", "error_msg", "msg"])
        {
            if (ReplyJson.Member(error, name) is { } words)
                return words.ValueKind == JsonValueKind.String ? ReplyJson.TextOf(words) : words.GetRawText();
        }

        return null;
    }

    private static int? StatusOf(JsonElement error)
    {
        foreach (var name in (string[])["code", "status", "status_code", "statusCode"])
        {
            var text = ReplyJson.Member(error, name) switch
            {
                { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
                { ValueKind: JsonValueKind.String } written => ReplyJson.TextOf(written),
                _ => null,
            };
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
                && status is >= 400 and < 600)
            {
                return status;
            }
        }

        return null;
    }
}
