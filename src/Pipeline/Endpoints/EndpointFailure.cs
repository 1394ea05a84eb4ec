using System.Globalization;
using System.Net.Http.Headers;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>What an endpoint's failure means for the work that it was asked to do.</summary>
internal static class EndpointFailure
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(30);

    /// <summary>When to try again if the endpoint does not say.</summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromSeconds(15);

    /// <summary>The server is away or overloaded; the item is not to blame. 500 is not among them: an item can cause it every time.</summary>
    public static bool IsPassing(int status) => status is 408 or 425 or 429 or > 500;

    /// <summary>Address, key or model are wrong: an operator can put it right, and nothing is lost until then.</summary>
    public static bool IsMisconfigured(int status) => status is 401 or 403 or 404 or 405;

    /// <summary>True when an answer was cut off because it was too large: unlike a broken line, that can be the item's fault.</summary>
    public static bool IsTooLarge(Exception exception) => exception is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded };

    /// <summary>Reads a Retry-After header: seconds or a date.</summary>
    public static TimeSpan? RetryAfter(string? header, TimeProvider time)
    {
        if (!RetryConditionHeaderValue.TryParse(header, out var value)) return null;
        var delay = value.Delta ?? value.Date - time.GetUtcNow();
        return delay is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, TimeSpan.TicksPerSecond, LongestDelay.Ticks)) : null;
    }

    /// <summary>Whether an error's text says that the prompt does not fit: every server has its own words for it.</summary>
    public static bool IsPromptTooLong(int status, string text) =>
        status == 413
        || (status is 400 or 422 or 500
            && (string[])["context_length_exceeded", "maximum context length", "exceed_context_size", "context size", "max_model_len", "longer than the maximum", "too long"]
                is var phrases && phrases.Any(phrase => text.Contains(phrase, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The start of an error's text, for a person.</summary>
    public static string Excerpt(string text) =>
        string.Create(CultureInfo.InvariantCulture, $"{(text.Length <= 600 ? text : text[..600] + "…")}").ReplaceLineEndings(" ").Trim();
}
