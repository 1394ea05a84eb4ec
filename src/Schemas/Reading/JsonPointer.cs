using System.Text.Json;

namespace Qwen35Batch.Schemas.Reading;

/// <summary>RFC 6901: the address of a value within a JSON document.</summary>
internal static class JsonPointer
{
    /// <summary>The pointer of a member or item of what <paramref name="parent"/> points at.</summary>
    public static string Append(string parent, string name) =>
        $"{parent}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    /// <summary>The names that a pointer goes through, unescaped.</summary>
    public static IEnumerable<string> Names(string pointer) => pointer
        .Split('/')
        .Skip(1)
        .Select(name => name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));

    /// <summary>The value at a pointer; null where there is none.</summary>
    public static JsonElement? Find(JsonElement root, string pointer)
    {
        var value = root;
        foreach (var name in Names(pointer))
        {
            if (Child(value, name) is not { } child) return null;
            value = child;
        }

        return value;
    }

    private static JsonElement? Child(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Object when value.TryGetProperty(name, out var member) => member,
        JsonValueKind.Array when int.TryParse(name, out var index) && index >= 0 && index < value.GetArrayLength() => value[index],
        _ => null,
    };
}
