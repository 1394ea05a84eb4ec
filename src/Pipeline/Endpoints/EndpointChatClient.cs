using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Endpoints.Replies;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>
/// Asks an OpenAI-compatible endpoint once and says what happened, as an <see cref="EndpointException"/>: no hidden deadline, no retries of
/// its own. When to try again is the ledger's to say.
/// </summary>
internal sealed class EndpointChatClient(HttpClient http, EndpointOptions options, TimeProvider time, IVocabularies vocabularies)
    : IChatClient
{
    private readonly RequestWriter _writer = new(options, vocabularies);
    private readonly OwnSecrets _secrets = new([options.ApiKey]);
    private readonly SemaphoreSlim _places = new(options.MaxConcurrency);
    private readonly Uri _address = EndpointAddress.Of(options.BaseUrl!, "chat/completions");
    private volatile bool _refusesProbabilities;

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? chat = null, CancellationToken cancellationToken = default)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            var hasTools = RequestWriter.HasTools(chat);
            var asks = options.LogProbabilities && !_refusesProbabilities && WantsProbabilities(chat);
            var pictures = await Task.Run(() => SentPictures.Of(messages, options), cancellationToken);
            try
            {
                if (asks) return await AnswerAsync(_writer.Write(messages, pictures, chat, asks), hasTools, cancellationToken);
            }
            catch (EndpointException refused) when (RequestForm.IsAboutProbabilities(refused.Fault))
            {
                _refusesProbabilities = true;
            }

            var response = await AnswerAsync(_writer.Write(messages, pictures, chat), hasTools, cancellationToken);
            response.AdditionalProperties![ReplyReader.NoChoices] = _refusesProbabilities ? "it refuses requests with logprobs" : null;
            return response;
        }
        finally
        {
            _places.Release();
        }
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? chat = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Nothing in this program shows an answer while it grows; the whole answer keeps the deadline and the size limit simple.
        foreach (var update in (await GetResponseAsync(messages, chat, cancellationToken)).ToChatResponseUpdates())
            yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        return serviceType == typeof(ChatClientMetadata)
            ? new ChatClientMetadata("openai", options.BaseUrl, options.Model)
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose()
    {
        _places.Dispose();
        http.Dispose();
    }

    private static bool WantsProbabilities(ChatOptions? chat) =>
        chat?.AdditionalProperties?.TryGetValue(TokenChoice.Property, out var wanted) is true && wanted is true;

    private async Task<ChatResponse> AnswerAsync(RequestBody body, bool hasTools, CancellationToken cancellationToken)
    {
        // The deadline is for the whole answer: a server that drips would satisfy any deadline for a single read.
        using var deadline = new CancellationTokenSource(options.RequestTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await SendAsync(body, hasTools, both.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested)
        {
            throw new EndpointException(
                new(
                    ModelFaultKind.Broken,
                    $"The model endpoint did not answer within {options.RequestTimeout.TotalSeconds:0} s (Engine:RequestTimeout)."),
                late);
        }
        catch (OperationCanceledException unconnected)
        {
            throw new EndpointException(
                new(
                    ModelFaultKind.Unavailable,
                    "No connection was made to the model endpoint within "
                    + $"{options.ConnectTimeout.TotalSeconds:0} s (Engine:ConnectTimeout)."),
                unconnected);
        }
        catch (HttpRequestException lost)
        {
            throw new EndpointException(EndpointFaults.Read(lost), lost);
        }
        catch (IOException lost)
        {
            throw new EndpointException(EndpointFaults.Read(new HttpRequestException(HttpRequestError.Unknown, lost.Message, lost)), lost);
        }
    }

    private async Task<ChatResponse> SendAsync(RequestBody body, bool hasTools, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = body.Content() };
        if (options.ApiKey is { Length: > 0 } key) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.Accept.Add(new("application/json"));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await response.Content.LoadIntoBufferAsync(options.MaxAnswerBytes, cancellationToken);
        return Read(response, await response.Content.ReadAsByteArrayAsync(cancellationToken), hasTools);
    }

    private ChatResponse Read(HttpResponseMessage response, byte[] bytes, bool hasTools)
    {
        var text = ReplyText.Decode(bytes);
        // At the door, so that no message, log or record further in can show the key that was sent.
        var shown = _secrets.Strike(text ?? ReplyText.DecodeAnyway(bytes));
        if (!response.IsSuccessStatusCode)
        {
            var location = (int)response.StatusCode is >= 300 and < 400 ? response.Headers.Location : null;
            throw new EndpointException(
                EndpointFaults.Read((int)response.StatusCode, shown, RetryAfter.Read(response.Headers, time), location));
        }

        if (text is null)
        {
            throw new EndpointException(
                new(ModelFaultKind.Failed, $"The model endpoint's answer is not UTF-8 text. It began: {ReplyText.Excerpt(shown, 300)}"));
        }

        return ReplyReader.Read(shown, response.Content.Headers.ContentType?.MediaType, hasTools);
    }
}
