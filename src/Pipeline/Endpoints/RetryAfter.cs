using System.Globalization;
using System.Net.Http.Headers;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>When an endpoint wants to be asked again.</summary>
internal static class RetryAfter
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);

    /// <summary>Reads <c>retry-after-ms</c>, or <c>Retry-After</c> as seconds, with a fraction or without, or as a date.</summary>
    /// <returns>From a quarter of a second to 30 minutes; null when neither is there or can be read.</returns>
    public static TimeSpan? Read(HttpResponseHeaders headers, TimeProvider time)
    {
        if (Number(headers, "retry-after-ms") is { } milliseconds) return Within(milliseconds / 1000);
        if (Number(headers, "Retry-After") is { } seconds) return Within(seconds);
        return First(headers, "Retry-After") is { } text
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? Within((date - time.GetUtcNow()).TotalSeconds)
            : null;
    }

    private static TimeSpan Within(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, Shortest.TotalSeconds, Longest.TotalSeconds));

    private static double? Number(HttpResponseHeaders headers, string name) =>
        double.TryParse(First(headers, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    // NonValidated: a fraction of a second is no valid header, and would be left out.
    private static string? First(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault()?.Trim().TrimEnd('s') : null;
}
