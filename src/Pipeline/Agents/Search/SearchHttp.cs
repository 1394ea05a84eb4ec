using System.Buffers;
using System.Net;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Search;

/// <summary>
/// Asks a server that the configuration names, and no other: redirects are not followed, and an answer has a time and a size. Errors are
/// told without the server's words.
/// </summary>
/// <param name="service">What the server is called in errors.</param>
/// <param name="maxBytes">The largest answer.</param>
/// <param name="timeout">The longest that an answer takes.</param>
/// <param name="time">The clock of the time-out.</param>
internal sealed class SearchHttp(string service, int maxBytes, TimeSpan timeout, TimeProvider time) : IDisposable
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxConnectionsPerServer = 1,
        MaxResponseHeadersLength = 64,
        ConnectTimeout = timeout,
    });

    public void Dispose() => _client.Dispose();

    /// <summary>The body of an answer with status 200.</summary>
    /// <param name="address">The address with its query.</param>
    /// <param name="explain">A sentence for a status that the service is known for; null for others.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="ToolFailedException">There is no such answer.</exception>
    public async Task<byte[]> GetAsync(Uri address, Func<int, string?> explain, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("User-Agent", "Qwen35Batch");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        try
        {
            using var response = await _client.SendAsync(request, either.Token).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            if (status != 200) throw new ToolFailedException(explain(status) ?? Sentence(status));
            await using var body = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            return await ReadAsync(body, either.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new ToolFailedException($"{service} cannot be reached now.", exception);
        }
        catch (OperationCanceledException exception) when (!stop.IsCancellationRequested)
        {
            throw new ToolFailedException($"{service} did not answer within {timeout.TotalSeconds:0} seconds.", exception);
        }
    }

    private string Sentence(int status) => status switch
    {
        >= 300 and < 400 => $"{service} sends its visitors to another address, which is not followed: name the final one in the settings.",
        429 or 503 => $"{service} asks for fewer requests (status {status}): try again later.",
        _ => $"{service} answered with status {status}.",
    };

    private async Task<byte[]> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var block = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = await body.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (content.Length + read > maxBytes)
                    throw new ToolFailedException($"{service} answered with more than {maxBytes:N0} bytes, which is not read.");
                content.Write(block, 0, read);
            }

            return content.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
