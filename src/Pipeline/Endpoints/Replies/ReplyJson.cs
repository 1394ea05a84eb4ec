using System.Text.Json;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Endpoints.Replies;

/// <summary>Reads members of a reply that may be missing, null, or of another type than they should be.</summary>
internal static partial class ReplyJson
{
    private static readonly JsonDocumentOptions Reading = new() { AllowTrailingCommas = true, MaxDepth = 256 };

    /// <summary>Reads a reply, with what Python writes for numbers that are none.</summary>
    /// <returns>Null when it is not JSON.</returns>
    public static JsonElement? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Reading);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Python writes what JSON has no word for; nothing of that kind is needed.
            var repaired = NotANumber().Replace(text, match => match.Groups["word"].Success ? "null" : match.Value);
            return repaired.Length == text.Length && repaired == text ? null : Parse(repaired);
        }
    }

    /// <summary>A member that is a text and not empty.</summary>
    public static string? Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text && TextOf(text) is { Length: > 0 } value ? value : null;

    public static JsonElement? Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A string's value; half a surrogate pair in an escape becomes U+FFFD.</summary>
    public static string TextOf(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return JsonSerializer.Deserialize<string>(HalfPair().Replace(text.GetRawText(), match => match.Groups["half"].Success ? "\\ufffd" : match.Value))!;
        }
    }

    // Strings first, so that a word within one stays.
    [GeneratedRegex("\"(?>(?:[^\"\\\\]+|\\\\.)*)\"|(?<word>-?\\b(?:NaN|Infinity)\\b)", RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex NotANumber();

    [GeneratedRegex("\\\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex HalfPair();
}
