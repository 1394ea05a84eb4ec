namespace Qwen35Batch.Pipeline.Agents.Mcp;

/// <summary>The answers of a server over HTTP: each ends at a line that is longer than allowed, and none leads elsewhere.</summary>
internal sealed class BoundedAnswers(int longest) : DelegatingHandler(new SocketsHttpHandler
{
    AllowAutoRedirect = false,
    UseProxy = false,
    UseCookies = false,
    MaxResponseHeadersLength = 64,
})
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var content = new StreamContent(new BoundedLines(body, longest));
        foreach (var (name, values) in response.Content.Headers.Where(header => header.Key != "Content-Length"))
            content.Headers.TryAddWithoutValidation(name, values);
        response.Content = content;
        return response;
    }
}
