using System.Net;
using Microsoft.Extensions.Options;

namespace Qwen35Batch.Worker.Http;

/// <summary>What no attribute can say of the HTTP interface's settings.</summary>
internal sealed class HttpOptionsValidator : IValidateOptions<HttpOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpOptions options)
    {
        var proxies = options.Proxies.Where(proxy => !IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _)).ToList();
        if (proxies.Count > 0)
        {
            return ValidateOptionsResult.Fail(
                proxies.Select(proxy => $"Http:Proxies has '{proxy}'; it takes addresses or networks, such as 10.1.2.3 or 10.1.0.0/16."));
        }

        var wrong = options.Hosts.Where(host => Uri.CheckHostName(WithoutStar(host)) == UriHostNameType.Unknown).ToList();
        return wrong.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                wrong.Select(host =>
                    $"Http:Hosts has '{host}'; it takes names without scheme and port, such as batch.example.org or *.example.org."));
    }

    private static string WithoutStar(string host) => host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
}
