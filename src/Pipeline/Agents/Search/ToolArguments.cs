using System.Text.Json;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Search;

/// <summary>Reads a call's arguments; what is null counts as left out.</summary>
internal static class ToolArguments
{
    public static JsonElement Schema(string json) => JsonElement.Parse(json);

    public static string? Text(this JsonElement arguments, string name) =>
        arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static int? Number(this JsonElement arguments, string name) =>
        arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;

    /// <exception cref="ToolFailedException">It is missing or empty.</exception>
    public static string RequiredText(this JsonElement arguments, string name) =>
        arguments.Text(name) is { } text && !string.IsNullOrWhiteSpace(text)
            ? text
            : throw new ToolFailedException($"The argument '{name}' is missing or empty: it takes a text.");
}
