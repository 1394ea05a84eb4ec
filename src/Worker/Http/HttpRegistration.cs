using System.Net;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.HostFiltering;
using Qwen35Batch.Worker.Health;

namespace Qwen35Batch.Worker.Http;

/// <summary>The HTTP interface: jobs, health and metrics.</summary>
internal static class HttpRegistration
{
    private static readonly string[] LocalNames = ["localhost", "127.0.0.1", "[::1]"];

    public static IServiceCollection AddHttpInterface(this IServiceCollection services, HttpOptions options)
    {
        services.AddProblemDetails();
        services.AddExceptionHandler<LedgerAwayReply>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            kestrel.AddServerHeader = false;
        });
        // A web page whose name resolves to this machine must not reach a server that is meant for this machine alone.
        if (Addresses(options).All(IsLocal)) services.PostConfigure<HostFilteringOptions>(filter => filter.AllowedHosts = LocalNames);
        return services;
    }

    public static void MapHttpInterface(this WebApplication server, HttpOptions options)
    {
        foreach (var address in Addresses(options)) server.Urls.Add(address);
        server.UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = StatusOf });
        server.UseStatusCodePages();
        server.Use(SameOrigin.RequireAsync);
        server.MapSubmissions();
        server.MapJobs();
        server.MapMessages();
        server.MapHealth();
        server.MapPrometheusScrapingEndpoint("/metrics");
    }

    private static int StatusOf(Exception exception) => exception switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static string[] Addresses(HttpOptions options) =>
        options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsLocal(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url)
        && (string.Equals(url.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(url.Host, out var ip) && IPAddress.IsLoopback(ip)));
}
