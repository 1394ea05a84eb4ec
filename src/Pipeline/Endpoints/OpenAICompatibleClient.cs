using System.Net;
using Microsoft.Extensions.AI;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>Makes the client of an OpenAI-compatible endpoint.</summary>
public static class OpenAICompatibleClient
{
    /// <summary>A client that asks once and says what happened: no hidden deadline, no retries of its own.</summary>
    /// <param name="options">The endpoint; <see cref="EndpointOptions.BaseUrl"/> and <see cref="EndpointOptions.Model"/> are set.</param>
    /// <param name="time">Measures the deadline.</param>
    /// <param name="vocabularies">The lists of names that schemas may refer to; none when it is null.</param>
    public static IChatClient Create(EndpointOptions options, TimeProvider time, IVocabularies? vocabularies = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var sockets = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.MaxConcurrency,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
        };
        return new EndpointChatClient(
            new HttpClient(sockets) { Timeout = Timeout.InfiniteTimeSpan }, options, time, vocabularies ?? NoVocabularies.Instance);
    }
}
