using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using Qwen35Batch.Contracts;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>
/// Puts requests into the form that OpenAI-compatible servers take: pictures compressed, the frames of a clip as pictures with their times
/// before them, the schema as it is. One attempt only: when to try again is the ledger's to say.
/// </summary>
internal sealed class EndpointChatClient(IChatClient inner, EndpointOptions options, TimeProvider time) : DelegatingChatClient(inner)
{
    private readonly SemaphoreSlim _places = new(options.MaxConcurrency);

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? chat = null,
        CancellationToken cancellationToken = default)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            var prepared = await Task.Run(() => messages.Select(Prepare).ToList(), cancellationToken);
            return await AnswerAsync(prepared, Prepare(chat), cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? chat = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Nothing in this program shows an answer while it grows; the whole answer keeps the deadline and the size limit simple.
        foreach (var update in (await GetResponseAsync(messages, chat, cancellationToken)).ToChatResponseUpdates())
            yield return update;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _places.Dispose();
        base.Dispose(disposing);
    }

    private async Task<ChatResponse> AnswerAsync(List<ChatMessage> messages, ChatOptions chat, CancellationToken cancellationToken)
    {
        // The deadline is for the whole answer: a server that drips would satisfy any deadline for a single read.
        using var deadline = new CancellationTokenSource(options.RequestTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await base.GetResponseAsync(messages, chat, both.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"The model endpoint did not answer within {options.RequestTimeout.TotalSeconds:0} s (Engine:RequestTimeout).", late);
        }
        catch (OperationCanceledException unconnected)
        {
            throw new HttpRequestException($"No connection was made within {options.ConnectTimeout.TotalSeconds:0} s (Engine:ConnectTimeout).", unconnected);
        }
    }

    private ChatMessage Prepare(ChatMessage message) => new(message.Role, [.. message.Contents.SelectMany(Prepare)]);

    private IEnumerable<AIContent> Prepare(AIContent content)
    {
        if (content is not DataContent { MediaType: ClipFrame.PixmapMediaType } pixmap)
        {
            yield return content;
            yield break;
        }

        if (pixmap.AdditionalProperties?.TryGetValue(ClipFrame.Seconds, out var seconds) is true)
            yield return new TextContent(ClipFrame.TimeText(Convert.ToDouble(seconds, CultureInfo.InvariantCulture)));
        var (data, mediaType) = PictureCompression.Compress(pixmap.Data, options.Pictures, options.JpegQuality);
        yield return new DataContent(data, mediaType);
    }

    private ChatOptions Prepare(ChatOptions? chat)
    {
        var prepared = chat?.Clone() ?? new();
        var format = prepared.ResponseFormat as ChatResponseFormatJson;
        var thinking = prepared.AdditionalProperties?.TryGetValue("enable_thinking", out var value) is true ? value as bool? : null;
        var topK = prepared.TopK;
        if (format?.Schema is not null) prepared.ResponseFormat = null;
        prepared.TopK = null;
        prepared.AdditionalProperties = null;
        prepared.RawRepresentationFactory = _ => Raw(format, thinking, topK, prepared.MaxOutputTokens);
        return prepared;
    }

    private ChatCompletionOptions Raw(ChatResponseFormatJson? format, bool? thinking, int? topK, int? maxTokens)
    {
        var raw = new ChatCompletionOptions();

        // Not by the adapter's own conversion: it rewrites schemas to what OpenAI's strict mode knew, and drops every bound.
        if (format?.Schema is { } schema)
            raw.ResponseFormat = OpenAI.Chat.ChatResponseFormat.CreateJsonSchemaFormat(
                format.SchemaName ?? "answer", BinaryData.FromString(schema.GetRawText()), format.SchemaDescription, jsonSchemaIsStrict: true);
        if (!options.ServerExtensions) return raw;
#pragma warning disable SCME0001 // The only way to send members that OpenAI's own API does not have.
        if (thinking is { } think) raw.Patch.Set("$.chat_template_kwargs"u8, JsonSerializer.SerializeToUtf8Bytes(new { enable_thinking = think }));
        if (topK is { } k) raw.Patch.Set("$.top_k"u8, k);

        // The older name of max_completion_tokens: a server that knows only this one would write without an end.
        if (maxTokens is { } most) raw.Patch.Set("$.max_tokens"u8, most);
#pragma warning restore SCME0001
        return raw;
    }
}
