using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Acquire.Opening;

/// <summary>
/// Fetches <c>https:</c> sources. The name is resolved once, every address is checked, and the connection goes to the checked
/// address itself, so that a second look-up cannot lead elsewhere. Redirects are followed by hand, each checked like the first.
/// </summary>
internal sealed class WebSource : ISource, IDisposable
{
    private const int MaxRedirects = 3;
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    private readonly AcquireOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _client;

    public WebSource(IOptions<AcquireOptions> options, TimeProvider time)
    {
        _options = options.Value;
        _time = time;
        _client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = _options.ConnectTimeout,
            MaxResponseHeadersLength = 64,
            ConnectCallback = ConnectAsync,
        });
    }

    public IReadOnlyList<string> Schemes { get; } = ["https", "http"];

    public string Form => "an https: URL";

    public void Dispose() => _client.Dispose();

    /// <summary>Sends the request and returns the body, unread.</summary>
    /// <exception cref="MediaRejectedException">The address is forbidden, or the server says that there is nothing.</exception>
    /// <exception cref="ResourceUnavailableException">Network or server are missing for now.</exception>
    public async Task<OpenedSource> OpenAsync(
        string source, CancellationToken cancellationToken, Func<Uri, bool>? follows = null)
    {
        var name = SourceAddress.Display(source);
        if (!Uri.TryCreate(source, UriKind.Absolute, out var url))
            throw Forbidden(name, "is not a valid URL; write https://host/path");

        var total = new CancellationTokenSource(_options.FetchTimeout, _time);
        HttpResponseMessage? response = null;
        try
        {
            for (var hop = 0; ; hop++)
            {
                CheckUrl(name, url);
                response = await SendAsync(name, url, total.Token, cancellationToken).ConfigureAwait(false);
                if (Redirection(response, url) is not { } next)
                    break;
                if (hop == MaxRedirects)
                    throw Forbidden(name, $"redirects more than {MaxRedirects} times; submit the final address");
                if (follows?.Invoke(next) == false)
                    throw Forbidden(name, $"redirects to the host '{next.Host}', which may not be read for this");
                response.Dispose();
                url = next;
            }

            CheckStatus(name, response);
            if (response.Content.Headers.ContentLength > _options.MaxBytes)
            {
                throw new MediaRejectedException(
                    RejectionReason.TooLarge,
                    $"'{name}' has {response.Content.Headers.ContentLength:N0} bytes, more than {_options.MaxBytes:N0}; raise "
                        + $"Acquire:MaxBytes or submit a smaller file.");
            }

            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return new(name, Path.GetFileName(url.AbsolutePath), new WebBody(name, response, body, total, _options.StallTimeout, _time));
        }
        catch
        {
            response?.Dispose();
            total.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        string name, Uri url, CancellationToken total, CancellationToken cancellationToken)
    {
        using var headers = new CancellationTokenSource(_options.ConnectTimeout + _options.StallTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(total, headers.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("User-Agent", "Qwen35Batch");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        try
        {
            return await _client.SendAsync(request, either.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
            {
                if (cause is MediaRejectedException)
                    throw cause;
            }

            throw new ResourceUnavailableException($"'{name}' cannot be fetched now: {exception.Message}", DefaultDelay, cause: exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ResourceUnavailableException($"'{name}' did not answer in time.", DefaultDelay, cause: exception);
        }
    }

    private void CheckUrl(string name, Uri url)
    {
        var isPrivate = Contains(_options.PrivateHosts, url.Host);
        if (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && _options.AllowHttp))
            throw Forbidden(name, $"leads to a {url.Scheme}: address; use https: (http: only with Acquire:AllowHttp)");
        if (url.UserInfo.Length > 0)
            throw Forbidden(name, "carries a user name; submit an address without one");
        if (!url.IsDefaultPort && !isPrivate)
            throw Forbidden(name, $"uses port {url.Port}; only the standard port is allowed, except for Acquire:PrivateHosts");
        if (_options.AllowedHosts.Count > 0 && !isPrivate && !Contains(_options.AllowedHosts, url.Host))
            throw Forbidden(name, $"leads to the host '{url.Host}', which is not in Acquire:AllowedHosts");
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        if (!Contains(_options.PrivateHosts, host) && Array.Find(addresses, address => !PublicAddress.IsPublic(address)) is { } address)
        {
            throw Forbidden(
                host,
                $"has the address {address}, which is not a public one; copy the file to a public server, a local folder, or list the host "
                    + $"in Acquire:PrivateHosts");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Uri? Redirection(HttpResponseMessage response, Uri from) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location
            ? new Uri(from, location)
            : null;

    private void CheckStatus(string name, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (status == 200)
            return;
        if (status is 408 or 425 or 429 or >= 500)
        {
            throw new ResourceUnavailableException(
                $"'{name}' answered with status {status}; it is tried again later.", RetryAfter(response));
        }

        throw new MediaRejectedException(
            RejectionReason.SourceNotFound,
            $"'{name}' answered with status {status}; check the address and that it may be read without signing in.");
    }

    private TimeSpan RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var delay = header?.Delta ?? (header?.Date - _time.GetUtcNow()) ?? DefaultDelay;
        return TimeSpan.FromTicks(Math.Clamp(delay.Ticks, TimeSpan.TicksPerSecond, LongestDelay.Ticks));
    }

    private static bool Contains(IReadOnlyList<string> hosts, string host) =>
        hosts.Any(each => string.Equals(each, host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase));

    private static MediaRejectedException Forbidden(string source, string why) =>
        new(RejectionReason.SourceForbidden, $"'{source}' {why}.");
}
