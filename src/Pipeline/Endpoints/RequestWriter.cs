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
/// Writes requests in the form that OpenAI-compatible servers take: pictures compressed, the frames of a clip as pictures with their times
/// before them, the schema as it is but for lists of names.
/// </summary>
internal sealed class RequestWriter(EndpointOptions options, IVocabularies vocabularies)
{
    // The best other token is among them, whichever is chosen.
    private const int AlternativesListed = 5;

    // Other scripts as they are, not as escapes of thrice the size; half a surrogate pair becomes U+FFFD.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body of <c>POST /chat/completions</c>, UTF-8.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="chat">The options.</param>
    /// <param name="asksProbabilities">Whether the log probabilities of the tokens are asked for.</param>
    public ReadOnlyMemory<byte> Write(IEnumerable<ChatMessage> messages, ChatOptions? chat, bool asksProbabilities = false)
    {
        var body = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(body, Writing);
        json.WriteStartObject();
        json.WriteString("model", chat?.ModelId ?? options.Model);
        json.WriteStartArray("messages");
        foreach (var message in messages) Write(json, message);
        json.WriteEndArray();
        if (chat is not null) Write(json, chat);
        if (asksProbabilities)
        {
            json.WriteBoolean("logprobs", true);
            json.WriteNumber("top_logprobs", AlternativesListed);
        }

        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private void Write(Utf8JsonWriter json, ChatMessage message)
    {
        json.WriteStartObject();
        json.WriteString("role", message.Role.Value);
        if (message.Contents is [TextContent only])
        {
            json.WriteString("content", only.Text);
        }
        else
        {
            json.WriteStartArray("content");
            foreach (var content in message.Contents) Write(json, content);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, AIContent content)
    {
        switch (content)
        {
            case TextContent text:
                Text(json, text.Text);
                break;
            case DataContent { MediaType: ClipFrame.PixmapMediaType } pixmap:
                if (pixmap.AdditionalProperties?.TryGetValue(ClipFrame.Seconds, out var seconds) is true)
                    Text(json, ClipFrame.TimeText(Convert.ToDouble(seconds, CultureInfo.InvariantCulture)));
                var (data, mediaType) = PictureCompression.Compress(pixmap.Data, options.Pictures, options.JpegQuality);
                Media(json, "image_url", new DataContent(data, mediaType).Uri);
                break;
            case DataContent media:
                Media(json, media.HasTopLevelMediaType("video") ? "video_url" : "image_url", media.Uri);
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

    private static void Media(Utf8JsonWriter json, string type, string url)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteStartObject(type);
        json.WriteString("url", url);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, ChatOptions chat)
    {
        if (chat.ResponseFormat is ChatResponseFormatJson { Schema: { } schema } format) Schema(json, format, schema);
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
}
