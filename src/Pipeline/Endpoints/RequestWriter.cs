using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Vocabularies;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>
/// Writes requests in the form that OpenAI-compatible servers take: the frames of a clip as pictures with their times before them, the
/// schema as it is but for lists of names, tools as functions.
/// </summary>
internal sealed class RequestWriter(EndpointOptions options, IVocabularies vocabularies)
{
    // The best other token is among them, whichever is chosen.
    private const int AlternativesListed = 5;

    // Other scripts as they are, not as escapes of thrice the size; half a surrogate pair becomes U+FFFD.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body of <c>POST /chat/completions</c>.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="pictures">Their pictures.</param>
    /// <param name="chat">The options.</param>
    /// <param name="asksProbabilities">Whether the log probabilities of the tokens are asked for.</param>
    public RequestBody Write(IEnumerable<ChatMessage> messages, SentPictures pictures, ChatOptions? chat, bool asksProbabilities = false)
    {
        var text = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(text, Writing);
        var body = new Body(json, pictures, []);
        json.WriteStartObject();
        json.WriteString("model", chat?.ModelId ?? options.Model);
        json.WriteStartArray("messages");
        foreach (var message in messages) Write(body, message);
        json.WriteEndArray();
        if (chat is not null) Write(json, chat);
        if (asksProbabilities)
        {
            json.WriteBoolean("logprobs", true);
            json.WriteNumber("top_logprobs", AlternativesListed);
        }

        json.WriteEndObject();
        json.Flush();
        return new(text.WrittenMemory, body.Media);
    }

    private static void Write(Body body, ChatMessage message)
    {
        var json = body.Json;
        json.WriteStartObject();
        json.WriteString("role", message.Role.Value);
        if (message.Contents is [TextContent only])
        {
            json.WriteString("content", only.Text);
        }
        else
        {
            json.WriteStartArray("content");
            foreach (var content in message.Contents) Write(body, content);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Write(Body body, AIContent content)
    {
        switch (content)
        {
            case TextContent text:
                Text(body.Json, text.Text);
                break;
            case DataContent media:
                if (media.AdditionalProperties?.TryGetValue(ClipFrame.Seconds, out var seconds) is true)
                    Text(body.Json, ClipFrame.TimeText(Convert.ToDouble(seconds, CultureInfo.InvariantCulture)));
                Media(body, media);
                break;
            default:
                throw new NotSupportedException($"A message part of type {content.GetType().Name} cannot be sent to an endpoint.");
        }
    }

    private static void Text(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static void Media(Body body, DataContent media)
    {
        var json = body.Json;
        var (data, mediaType) = body.Pictures[media];
        var type = mediaType.StartsWith("video/", StringComparison.OrdinalIgnoreCase) ? "video_url" : "image_url";
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteStartObject(type);
        json.WriteString("url", $"data:{mediaType};base64,");
        // Before the quotation mark that ends the address.
        body.Media.Add(((int)(json.BytesCommitted + json.BytesPending) - 1, data));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, ChatOptions chat)
    {
        if (chat.ResponseFormat is ChatResponseFormatJson { Schema: { } schema } format) Schema(json, format, schema);
        WriteTools(json, chat);
        if (chat.Temperature is { } temperature) json.WriteNumber("temperature", temperature);
        if (chat.TopP is { } topP) json.WriteNumber("top_p", topP);
        if (chat.PresencePenalty is { } presence) json.WriteNumber("presence_penalty", presence);
        if (chat.Seed is { } seed) json.WriteNumber("seed", seed);
        if (chat.MaxOutputTokens is { } most)
        {
            json.WriteNumber("max_completion_tokens", most);
            // Its older name: a server that knows only this one would write without an end.
            if (options.ServerExtensions) json.WriteNumber("max_tokens", most);
        }

        if (!options.ServerExtensions) return;
        if (chat.TopK is { } topK) json.WriteNumber("top_k", topK);
        if (chat.AdditionalProperties?.TryGetValue("enable_thinking", out var thinking) is true && thinking is bool think)
        {
            json.WriteStartObject("chat_template_kwargs");
            json.WriteBoolean("enable_thinking", think);
            json.WriteEndObject();
        }
    }

    private void Schema(Utf8JsonWriter json, ChatResponseFormatJson format, JsonElement schema)
    {
        json.WriteStartObject("response_format");
        json.WriteString("type", "json_schema");
        json.WriteStartObject("json_schema");
        json.WriteString("name", format.SchemaName ?? "answer");
        if (format.SchemaDescription is { } description) json.WriteString("description", description);
        json.WriteBoolean("strict", true);
        json.WritePropertyName("schema");
        json.WriteRawValue(SentSchema.Of(schema, vocabularies).GetRawText());
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Whether a request offers tools.</summary>
    public static bool HasTools(ChatOptions? chat) => chat?.Tools is { Count: > 0 } && chat.ToolMode is not NoneChatToolMode;

    private static void WriteTools(Utf8JsonWriter json, ChatOptions chat)
    {
        if (!HasTools(chat)) return;
        json.WriteStartArray("tools");
        foreach (var tool in chat.Tools!.OfType<AIFunctionDeclaration>())
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", tool.Name);
            json.WriteString("description", tool.Description);
            json.WritePropertyName("parameters");
            json.WriteRawValue(tool.JsonSchema.GetRawText());
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (chat.ToolMode is RequiredChatToolMode { RequiredFunctionName: { } only })
        {
            json.WriteStartObject("tool_choice");
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", only);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("tool_choice", chat.ToolMode is RequiredChatToolMode ? "required" : "auto");
        }

        if (chat.AllowMultipleToolCalls is { } several) json.WriteBoolean("parallel_tool_calls", several);
    }

    private sealed record Body(Utf8JsonWriter Json, SentPictures Pictures, List<(int At, ReadOnlyMemory<byte> Data)> Media);
}
