using System.Net;
using Microsoft.Extensions.Options;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>What no single key of the bus can say alone.</summary>
internal sealed class BusOptionsValidator : IValidateOptions<BusOptions>
{
    public ValidateOptionsResult Validate(string? name, BusOptions options)
    {
        if (options.Transport != BusTransport.RabbitMq) return ValidateOptionsResult.Success;

        if (string.Equals(options.Username, "guest", StringComparison.OrdinalIgnoreCase) && !IsThisMachine(options.Host))
        {
            return ValidateOptionsResult.Fail(
                $"Bus:Username is 'guest' and Bus:Host is '{options.Host}': guest is accepted for a broker on this machine only. Make a "
                    + $"user for this worker.");
        }

        if (options.PasswordFile is { Length: > 0 } file && !File.Exists(file))
            return ValidateOptionsResult.Fail($"Bus:PasswordFile names '{file}', which does not exist.");
        if (options.ConcurrentMessages > options.Prefetch)
        {
            return ValidateOptionsResult.Fail(
                $"Bus:ConcurrentMessages is {options.ConcurrentMessages}; it takes at most Bus:Prefetch, {options.Prefetch}.");
        }

        return ValidateOptionsResult.Success;
    }

    private static bool IsThisMachine(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
