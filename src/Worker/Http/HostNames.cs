using System.Net;

namespace Qwen35Batch.Worker.Http;

/// <summary>
/// Answers requests to its own names alone, for pages, jobs, schedules and metrics alike. A web page whose name is made to resolve to this
/// machine (DNS rebinding) is of the same origin for its visitor's browser: only the name gives it away.
/// </summary>
internal sealed class HostNames(HttpOptions options)
{
    private readonly IReadOnlyList<string> _names = [.. options.Hosts.Select(name => name.ToLowerInvariant())];

    public Task RequireAsync(HttpContext context, RequestDelegate next)
    {
        var host = context.Request.Host;
        // What names no host is no browser.
        if (!host.HasValue || Answers(host.Host, context.Connection.LocalIpAddress)) return next(context);

        return Results.Problem(
            $"This worker does not answer to the name '{Shortened(host.Host)}'. If it is one of its names, add it to Http:Hosts.",
            statusCode: StatusCodes.Status421MisdirectedRequest,
            title: "Misdirected request").ExecuteAsync(context);
    }

    /// <param name="host">A request's host, without its port.</param>
    /// <param name="local">The address that the request came to: a number is no name, and cannot be rebound.</param>
    public bool Answers(string host, IPAddress? local)
    {
        var name = host.ToLowerInvariant();
        if (IPAddress.TryParse(name.Trim('[', ']'), out var number) && (IPAddress.IsLoopback(number) || Same(number, local))) return true;

        return name == "localhost" || _names.Any(known => known.StartsWith("*.", StringComparison.Ordinal)
            ? name.EndsWith(known[1..], StringComparison.Ordinal)
            : name == known);
    }

    private static bool Same(IPAddress number, IPAddress? local) => local is not null && number.MapToIPv6().Equals(local.MapToIPv6());

    private static string Shortened(string host) => host.Length <= 100 ? host : string.Concat(host.AsSpan(0, 100), "…");
}
