using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Qwen35Batch.Persistence.Model;

/// <summary>How the ledger's own JSON columns are written and read.</summary>
internal static class LedgerJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Analysts read it; nothing here is put into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string Write<T>(T value) => StorableText.StorableJson(JsonSerializer.Serialize(value, Options));

    public static string Write(object value, Type type) => StorableText.StorableJson(JsonSerializer.Serialize(value, type, Options));

    public static T Read<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, Options)
            ?? throw new InvalidOperationException($"The ledger holds no {typeof(T).Name} but null.");

    public static object Read(string json, Type type) =>
        JsonSerializer.Deserialize(json, type, Options)
            ?? throw new InvalidOperationException($"The ledger holds no {type.Name} but null.");

    /// <summary>An enum's value as JSON names it.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => JsonSerializer.SerializeToElement(value, Options).GetString()!;

    /// <summary>The value that JSON names so; null for one that a newer version of this program wrote.</summary>
    public static T? Value<T>(string name)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (Name(value) == name) return value;
        return null;
    }

    public static JsonElement Element(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
