using System.Text.Json;

namespace Qwen35Batch.Worker.Confidence;

/// <summary>JSON pointers (RFC 6901) into insights.</summary>
internal static class FieldPointer
{
    /// <summary>The names that a pointer goes through, unescaped.</summary>
    public static string[] Names(string pointer) => [.. pointer.Split('/').Skip(1).Select(Unescape)];

    /// <summary>The value at a pointer; undefined where there is none.</summary>
    public static JsonElement Value(JsonElement root, string pointer) => Names(pointer).Aggregate(root, Member);

    /// <summary>A member of an object or an item of an array; undefined where there is none.</summary>
    public static JsonElement Member(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Object when value.TryGetProperty(name, out var member) => member,
        JsonValueKind.Array when int.TryParse(name, out var index) && index >= 0 && index < value.GetArrayLength() => value[index],
        _ => default,
    };

    private static string Unescape(string name) =>
        name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
