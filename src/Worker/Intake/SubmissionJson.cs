using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Qwen35Batch.Worker.Intake;

/// <summary>
/// Reads submissions, the same for messages and requests, and strictly: a field that is misspelt or there twice is an error and not passed
/// over. A mark at the start (BOM) is no part of the text, and what says nothing of its type is taken for JSON.
/// </summary>
internal static class SubmissionJson
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <returns>The value, or what is wrong with the body.</returns>
    public static async Task<(T? Value, FieldError? Error)> ReadAsync<T>(
        Stream body, string? contentType, CancellationToken cancellationToken)
        where T : class
    {
        if (!IsJson(contentType)) return (null, new("", "The body must be JSON, with Content-Type: application/json."));

        try
        {
            return await JsonSerializer.DeserializeAsync<T>(body, Json, cancellationToken) is { } value
                ? (value, null)
                : (null, new("", "The body is null."));
        }
        catch (JsonException problem)
        {
            var path = problem.Path?.TrimStart('$').TrimStart('.') ?? "";
            return (
                null,
                new(
                    path,
                    $"{JsonComplaint.Of(problem, typeof(T), path, Json)} (line {problem.LineNumber + 1}, byte "
                        + $"{problem.BytePositionInLine + 1})"));
        }
    }

    private static bool IsJson(string? contentType)
    {
        if (string.IsNullOrWhiteSpace(contentType)) return true;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || type.MediaType is not { } media) return false;
        return media.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }
}
