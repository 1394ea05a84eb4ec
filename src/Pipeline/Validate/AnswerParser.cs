using System.Text.Json;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Validate;

/// <summary>
/// Reads an answer as JSON, strictly: one value, no comments, no member twice, no more depth or size than a record needs.
/// </summary>
internal static partial class AnswerParser
{
    public const int MaxCharacters = 4 * 1024 * 1024;

    private static readonly JsonDocumentOptions Reading = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <exception cref="JsonException">It is not JSON; the message says why.</exception>
    public static JsonElement Parse(string answer)
    {
        if (answer.Length > MaxCharacters) throw new JsonException($"It has {answer.Length} characters, more than {MaxCharacters}.");
        if (string.IsNullOrWhiteSpace(answer)) throw new JsonException("It is empty.");
        using var document = JsonDocument.Parse(Escapes().Replace(answer, Storable), Reading);
        return document.RootElement.Clone();
    }

    // Half a surrogate pair is no character, and PostgreSQL stores no NUL: both become the replacement character.
    private static string Storable(Match escape) => escape.Groups["broken"].Success ? "\\ufffd" : escape.Value;

    [GeneratedRegex(
        @"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<broken>u0000|u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Escapes();
}
