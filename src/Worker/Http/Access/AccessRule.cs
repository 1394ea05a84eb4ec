using System.Net;
using System.Text;

namespace Qwen35Batch.Worker.Http.Access;

/// <summary>
/// Who may do what: one rule for pages, jobs, schedules and metrics. This machine may all; from elsewhere it takes a key, or a proxy that
/// knows its users. What a proxy of this machine passes on comes from elsewhere. Health says nothing but that, and is for everybody.
/// </summary>
internal sealed class AccessRule(AccessKeys keys, IReadOnlyList<string> proxies, AccessRole roleOfProxyUsers, bool allowsRemote)
{
    private const string ForwardedUser = "X-Forwarded-User";
    private const string KeyHeader = "X-Api-Key";
    private const int LongestName = 200;

    // What proxies say of whom they speak for.
    private static readonly string[] Forwarding = ["Forwarded", "X-Forwarded-For", ForwardedUser, "X-Real-IP"];

    private readonly IReadOnlyList<IPNetwork> _proxies = [.. proxies.Select(Network)];

    public Task RequireAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)) return next(context);
        var (caller, refusal) = Identify(context);
        if (caller is null) return Refuse(context, StatusCodes.Status401Unauthorized, "Unauthorized", refusal!);

        var needed = Needed(context.Request);
        if (caller.Role < needed)
        {
            return Refuse(
                context,
                StatusCodes.Status403Forbidden,
                "Forbidden",
                $"'{caller.Name}' is {Word(caller.Role)}; this takes {Word(needed)}.");
        }

        caller.Attach(context);
        return next(context);
    }

    private static AccessRole Needed(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            return AccessRole.Reader;
        var path = request.Path.Value?.TrimEnd('/') ?? "";
        var submits = HttpMethods.IsPost(request.Method)
            && (path.Equals("/jobs", StringComparison.OrdinalIgnoreCase) || path.Equals("/jobs/batch", StringComparison.OrdinalIgnoreCase));
        var reviews = HttpMethods.IsPut(request.Method) && path.StartsWith("/insights/", StringComparison.OrdinalIgnoreCase);
        return submits || reviews ? AccessRole.Submitter : AccessRole.Operator;
    }

    private (Caller? Caller, string? Refusal) Identify(HttpContext context)
    {
        if (KeyOf(context.Request) is { } key)
            return keys.Find(key) is { } known ? (new(known.Name, known.Role), null) : (null, "The key is not known.");

        var remote = context.Connection.RemoteIpAddress;
        if (remote is not null && _proxies.Any(network => network.Contains(Plain(remote))))
        {
            var user = context.Request.Headers[ForwardedUser].ToString();
            return user.Length is > 0 and <= LongestName && !user.Any(char.IsControl)
                ? (new(user, roleOfProxyUsers), null)
                : (null, $"The proxy names no user in {ForwardedUser}.");
        }

        if (IsLocal(context) || (allowsRemote && !keys.Any)) return (Caller.Local, null);
        return (null, keys.Any
            ? $"From another machine this takes a key: Authorization: Bearer KEY, or {KeyHeader}."
            : "Without keys, this worker answers its own machine alone: set Http:KeysFile, or Http:Proxies for a proxy that knows its "
                + "users.");
    }

    private static string? KeyOf(HttpRequest request)
    {
        if (request.Headers[KeyHeader].ToString() is { Length: > 0 } plain) return plain;
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return authorization["Bearer ".Length..].Trim();
        if (!authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        // What a browser asks a person for: any name, and the key as the password.
        var bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization["Basic ".Length..].Trim(), bytes, out var length)) return "";
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    private static Task Refuse(HttpContext context, int status, string title, string detail)
    {
        // Only what a person opens is answered with the browser's question for a key; a script's fetch is told why.
        if (status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Basic realm=\"qwen35batch\", Bearer";
        return Results.Problem(detail, statusCode: status, title: title).ExecuteAsync(context);
    }

    private static bool IsLocal(HttpContext context) => !Forwarding.Any(context.Request.Headers.ContainsKey)
        && (context.Connection.RemoteIpAddress is not { } remote
            || IPAddress.IsLoopback(Plain(remote))
            || remote.Equals(context.Connection.LocalIpAddress));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPNetwork Network(string text) => IPNetwork.TryParse(text, out var network)
        ? network
        : new(IPAddress.Parse(text), IPAddress.Parse(text).GetAddressBytes().Length * 8);

    private static string Word(AccessRole role) => role.ToString().ToLowerInvariant();
}
