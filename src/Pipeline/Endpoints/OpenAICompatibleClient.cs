using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>Makes the client of an OpenAI-compatible endpoint.</summary>
public static class OpenAICompatibleClient
{
    // Servers without keys ignore it, and the library insists on one.
    private const string NoKey = "none";

    /// <summary>A client that asks once and says what happened: no hidden deadline, no retries of its own.</summary>
    /// <param name="options">The endpoint; <see cref="EndpointOptions.BaseUrl"/> and <see cref="EndpointOptions.Model"/> are set.</param>
    /// <param name="time">Measures the deadline.</param>
    public static IChatClient Create(EndpointOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        var sockets = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.MaxConcurrency,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
        };
        var http = new HttpClient(new BoundedBodyHandler(sockets, options.MaxAnswerBytes)) { Timeout = Timeout.InfiniteTimeSpan };
        var settings = new OpenAIClientOptions
        {
            Endpoint = options.BaseUrl,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        var chat = new OpenAIClient(new ApiKeyCredential(options.ApiKey is { Length: > 0 } key ? key : NoKey), settings).GetChatClient(options.Model);
        return new EndpointChatClient(chat.AsIChatClient(), options, time);
    }
}
