namespace Qwen35Batch.Worker.Http;

/// <summary>
/// Keeps web pages of other origins from changing anything through a visitor's browser, jobs and schedules alike: browsers say where such a
/// request comes from, programs say nothing.
/// </summary>
internal static class SameOrigin
{
    public static Task RequireAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || request.Headers.Origin.Count == 0) return next(context);

        // Without the scheme: behind a proxy that ends TLS, the browser knows another one than this server.
        return Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out var origin)
            && string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
            ? next(context)
            : Results.Problem(
                "Requests of web pages from elsewhere are refused.",
                statusCode: StatusCodes.Status403Forbidden,
                title: "Forbidden").ExecuteAsync(context);
    }
}
