using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Health;
using Qwen35Batch.Worker.Http.Access;
using Qwen35Batch.Worker.Http.Insights;

namespace Qwen35Batch.Worker.Http;

/// <summary>The HTTP interface: jobs, health and metrics.</summary>
internal static class HttpRegistration
{
    public static IServiceCollection AddHttpInterface(this IServiceCollection services, HttpOptions options)
    {
        services.AddProblemDetails();
        services.AddOpenApi();
        services.AddHostedService<SearchFill>();
        services.AddExceptionHandler<LedgerAwayReply>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(Spelling.Converter));
        services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            kestrel.AddServerHeader = false;
        });
        return services;
    }

    public static void MapHttpInterface(this WebApplication server, HttpOptions options, bool allowsRemote)
    {
        foreach (var address in ListenAddresses.Of(options)) server.Urls.Add(address);
        server.Use(new HostNames(options).RequireAsync);
        var keys = options.KeysFile is { } file ? AccessKeys.Read(file) : AccessKeys.None;
        server.Use(new AccessRule(keys, options.Proxies, options.ProxyRole, allowsRemote).RequireAsync);
        server.UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = StatusOf });
        server.UseStatusCodePages();
        server.Use(SameOrigin.RequireAsync);
        server.MapSubmissions();
        server.MapJobs();
        server.MapSteps();
        server.MapCommands();
        server.MapMessages();
        server.MapInsights();
        server.MapReviews();
        server.MapMedia();
        server.MapOpenApi("/openapi/{documentName}.json").ExcludeFromDescription();
        server.MapHealth();
        server.MapPrometheusScrapingEndpoint("/metrics");
    }

    private static int StatusOf(Exception exception) => exception switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        _ => StatusCodes.Status500InternalServerError,
    };
}
