using System.Globalization;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>The formats that a text can be held to: the calendar's dates, RFC 3339's times, addresses with RFC 5322's atoms, UUIDs.</summary>
internal static partial class TextFormat
{
    public static IReadOnlyList<string> Names { get; } = ["date", "date-time", "email", "uuid"];

    public static bool IsMatch(string format, string text) => format switch
    {
        "date" => IsDate(text),
        "date-time" => IsDateTime(text),
        "email" => Email().IsMatch(text),
        _ => Guid.TryParseExact(text, "D", out _) && text.Length == 36,
    };

    /// <summary>A format in words.</summary>
    public static string Describe(string format) => format switch
    {
        "date" => "a date such as 2026-02-28",
        "date-time" => "a date and time such as 2026-02-28T14:30:00Z",
        "email" => "an e-mail address",
        _ => "a UUID",
    };

    // Exactly ten digits and dashes: the parser alone would take white space.
    private static bool IsDate(ReadOnlySpan<char> text) =>
        text.Length == 10 && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsDateTime(string text) => TimeAndZone().IsMatch(text) && IsDate(text.AsSpan(0, 10));

    [GeneratedRegex(@"^[0-9-]{10}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])\z", RegexOptions.CultureInvariant)]
    private static partial Regex TimeAndZone();

    [GeneratedRegex(@"^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}\z", RegexOptions.ECMAScript | RegexOptions.IgnoreCase)]
    private static partial Regex Email();
}
