using System.Text.Json;
using System.Text.Json.Serialization;
using Qwen35Batch.Worker.Intake;

namespace Qwen35Batch.Worker.Http;

/// <summary>Reads a request's JSON, strictly: a field that is misspelt is an error and not passed over.</summary>
internal static class SubmissionReader
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <returns>The value, or what is wrong with the body.</returns>
    public static async Task<(T? Value, FieldError? Error)> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        // Also what keeps web pages of other origins out: a browser sends this type across origins only after asking.
        if (!request.HasJsonContentType()) return (null, new("", "The body must be JSON, with Content-Type: application/json."));

        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, Json, cancellationToken) is { } value
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
}
