using Hangfire;

namespace Qwen35Batch.Worker.Dashboard;

/// <summary>The pages for people, and Hangfire's beside them. A page has the address of what it shows: programs get that as JSON.</summary>
internal static class DashboardRegistration
{
    /// <summary>Nothing from elsewhere, nothing inline: what a model wrote could not run even if it got into the page.</summary>
    private const string ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        + "media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    public static IServiceCollection AddDashboard(this IServiceCollection services) => services
        .AddSingleton<DashboardSummaryReader>()
        .AddSingleton<StageActivity>()
        .AddSingleton<EngineHour>()
        .AddSingleton<CorpusOverview>()
        .AddHostedService<EngineObserver>();

    public static void MapDashboard(this WebApplication server, DashboardOptions options)
    {
        if (!options.Enabled) return;

        server.Use(async (context, next) =>
        {
            if (PageOf(context.Request) is { } page)
            {
                context.Response.Headers.Vary = "Accept";
                await Asset(context, page).ExecuteAsync(context);
                return;
            }

            await next(context);
        });
        server.MapGet("/dashboard/{file}", (string file, HttpContext context) => Asset(context, file)).ExcludeFromDescription();
        server.MapGet(
            "/dashboard/summary",
            (DashboardSummaryReader reader, CancellationToken cancellationToken) => reader.ReadAsync(cancellationToken));

        server.MapHangfireDashboard("/hangfire", new Hangfire.DashboardOptions
        {
            DashboardTitle = "Qwen35Batch schedules",
            AppPath = "/",
            DisplayStorageConnectionString = false,
            // Who may is asked in one place, before.
            Authorization = [],
        });
    }

    private static string? PageOf(HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method)) return null;
        var path = request.Path.Value?.TrimEnd('/') ?? "";
        if (path.Length == 0) return "index.html";
        if (!request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)) return null;
        return path.Split('/') switch
        {
            [_, "jobs"] => "jobs.html",
            [_, "jobs", var id] when Guid.TryParse(id, out _) => "job.html",
            [_, "insights"] => "insights.html",
            [_, "insights", var id] when long.TryParse(id, out _) => "insight.html",
            [_, "messages"] => "messages.html",
            _ => null,
        };
    }

    private static IResult Asset(HttpContext context, string name)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        return Types.TryGetValue(Path.GetExtension(name), out var type)
            && typeof(DashboardRegistration).Assembly.GetManifestResourceStream($"Dashboard.{name}") is { } content
            ? Results.Stream(content, type)
            : Results.NotFound();
    }
}
