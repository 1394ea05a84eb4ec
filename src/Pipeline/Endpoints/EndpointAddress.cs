namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>The addresses of an endpoint's operations.</summary>
public static class EndpointAddress
{
    /// <summary>
    /// An operation's address under <see cref="EndpointOptions.BaseUrl"/>; a query of that stays, such as Azure's <c>api-version</c>.
    /// </summary>
    /// <param name="baseUrl">The API's address with its version.</param>
    /// <param name="operation">Such as <c>models</c>.</param>
    public static Uri Of(Uri baseUrl, string operation)
    {
        ArgumentNullException.ThrowIfNull(baseUrl);
        return new UriBuilder(baseUrl) { Path = $"{baseUrl.AbsolutePath.TrimEnd('/')}/{operation}", UserName = "", Password = "" }.Uri;
    }
}
