using System.Net;
using Hangfire;
using Hangfire.Dashboard;

namespace Qwen35Batch.Worker.Dashboard;

/// <summary>The page for operators at <c>/</c>, and Hangfire's beside it.</summary>
internal static class DashboardRegistration
{
    /// <summary>Nothing from elsewhere, nothing inline: what a model wrote could not run even if it got into the page.</summary>
    private const string ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static IServiceCollection AddDashboard(this IServiceCollection services) => services.AddSingleton<DashboardSummaryReader>();

    public static void MapDashboard(this WebApplication server, DashboardOptions options)
    {
        if (!options.Enabled) return;

        var pages = server.MapGroup("").AddEndpointFilter(async (context, next) =>
        {
            if (!options.AllowRemote && !IsLocal(context.HttpContext)) return Results.StatusCode(StatusCodes.Status403Forbidden);
            context.HttpContext.Response.Headers.ContentSecurityPolicy = ContentPolicy;
            context.HttpContext.Response.Headers.XContentTypeOptions = "nosniff";
            return await next(context);
        });
        pages.MapGet("/", () => Asset("index.html", "text/html; charset=utf-8")).ExcludeFromDescription();
        pages.MapGet("/dashboard/style.css", () => Asset("style.css", "text/css; charset=utf-8"));
        pages.MapGet("/dashboard/script.js", () => Asset("script.js", "text/javascript; charset=utf-8"));
        pages.MapGet(
            "/dashboard/summary",
            (DashboardSummaryReader reader, CancellationToken cancellationToken) => reader.ReadAsync(cancellationToken));

        server.MapHangfireDashboard("/hangfire", new Hangfire.DashboardOptions
        {
            DashboardTitle = "Qwen35Batch schedules",
            AppPath = "/",
            DisplayStorageConnectionString = false,
            Authorization = options.AllowRemote ? [] : [new LocalRequestsOnlyAuthorizationFilter()],
        });
    }

    private static IResult Asset(string name, string type) =>
        Results.Stream(typeof(DashboardRegistration).Assembly.GetManifestResourceStream($"Dashboard.{name}")!, type);

    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote
            && (IPAddress.IsLoopback(remote) || remote.Equals(context.Connection.LocalIpAddress));
}
