using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Endpoints.Replies;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>
/// Reads the body of a reply with status 200. Strict in what an answer needs, a text or a refusal; tolerant in everything else, since a
/// paid answer is worth more than a well-formed <c>created</c>.
/// </summary>
internal static class ReplyReader
{
    /// <summary>
    /// Additional property of the response: what a reader of the insight must know of how the answer came (<see cref="string"/>).
    /// </summary>
    public const string Note = "qwen35batch.note";

    /// <summary>
    /// Additional property of the response: why it has no <see cref="TokenChoice.Property"/> (<see cref="string"/>), for an operator.
    /// </summary>
    public const string NoChoices = "qwen35batch.no_choices";

    /// <summary>Additional property of the response: the server's name for its own state (<see cref="string"/>).</summary>
    public const string Fingerprint = "system_fingerprint";

    /// <param name="body">The body.</param>
    /// <param name="mediaType">What the server says that it is; null when it does not say.</param>
    /// <param name="hasTools">Whether tools were offered, so that calls are an answer.</param>
    /// <exception cref="EndpointException">It is no answer; the message shows its first characters.</exception>
    public static ChatResponse Read(string body, string? mediaType, bool hasTools = false)
    {
        if (mediaType is "text/html" || body.AsSpan().TrimStart().StartsWith("<"))
        {
            const string WebPage = "The model endpoint answered with a web page, not with a chat completion. "
                + "Check Engine:BaseUrl: it ends with the API's version, such as /v1.";
            throw Fault(ModelFaultKind.Misconfigured, WebPage, body);
        }

        if (string.IsNullOrWhiteSpace(body))
            throw new EndpointException(new(ModelFaultKind.Failed, "The model endpoint's answer is empty."));
        var root = EventStream.Join(body) ?? ReplyJson.Parse(body)
            ?? throw Fault(ModelFaultKind.Failed, "The model endpoint answered what is not JSON.", body);
        var choice = Choice(root);
        if (choice is not { } first || !HasAnswer(first))
        {
            var error = ServerError.Named(root) ?? (choice is { } failed ? ServerError.Named(failed) : ServerError.Whole(root));
            if (error is not null)
                throw new EndpointException(EndpointFaults.Read(error.Status, body, null)) { Usage = ReplyUsage.Read(root) };
        }

        return choice is { } answered
            ? Response(root, answered, body, hasTools)
            : throw Fault(ModelFaultKind.Failed, "There is no choice in the answer of the model endpoint.", body, root);
    }

    private static ChatResponse Response(JsonElement root, JsonElement choice, string body, bool hasTools)
    {
        var answer = AnswerMessage.Read(choice)
            ?? throw Fault(ModelFaultKind.Failed, "There is no message in the answer of the model endpoint.", body, root);
        var finish = Finish(choice);
        var contents = new List<AIContent> { new TextContent(answer.Text) };
        if (hasTools && ReplyCalls.Read(choice) is { Count: > 0 } calls) contents = [.. calls];
        if (answer.Refusal is { } refusal) contents = [new ErrorContent(refusal)];
        var probabilities = ReplyProbabilities.Read(choice, answer.Text);
        return new(new ChatMessage(ChatRole.Assistant, contents))
        {
            ModelId = ReplyJson.Text(root, "model"),
            FinishReason = finish,
            Usage = ReplyUsage.Read(root),
            AdditionalProperties = new()
            {
                [Note] = answer.Note,
                [Fingerprint] = ReplyJson.Text(root, Fingerprint),
                [TokenChoice.Property] = probabilities.Choices,
                [NoChoices] = probabilities.Problem,
            },
        };
    }

    private static ChatFinishReason? Finish(JsonElement choice) => ReplyJson.Text(choice, "finish_reason")?.ToUpperInvariant() switch
    {
        "LENGTH" or "MAX_TOKENS" or "MAX_OUTPUT_TOKENS" or "MODEL_LENGTH" => ChatFinishReason.Length,
        "CONTENT_FILTER" or "CONTENT-FILTER" or "SAFETY" or "SENSITIVE" => ChatFinishReason.ContentFilter,
        null => null,
        _ => ChatFinishReason.Stop,
    };

    /// <summary>The first choice with a JSON object; else the first.</summary>
    private static JsonElement? Choice(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return null;
        var choices = root.EnumerateObject()
            .Where(member => member.Name == "choices" && member.Value.ValueKind == JsonValueKind.Array)
            .SelectMany(member => member.Value.EnumerateArray())
            .Where(choice => choice.ValueKind == JsonValueKind.Object)
            .ToList();
        if (choices.Count == 0) return null;
        var answered = choices.FindIndex(choice =>
            AnswerMessage.Read(choice) is { } message && (message.Refusal is not null || FoundAnswer.In(message.Text).IsObject));
        return choices[Math.Max(answered, 0)];
    }

    private static bool HasAnswer(JsonElement choice) => AnswerMessage.Read(choice) is { Text.Length: > 0 } or { Refusal: not null };

    private static EndpointException Fault(ModelFaultKind kind, string what, string body, JsonElement? root = null) =>
        new(new(kind, $"{what} It began: {ReplyText.Excerpt(body, 300)}")) { Usage = root is { } reply ? ReplyUsage.Read(reply) : null };
}
