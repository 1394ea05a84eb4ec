using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Vocabularies;

/// <summary>Names of stored insights.</summary>
public static class StoredNames
{
    /// <summary>A stored name with the key that the list has for it now; null when it has none.</summary>
    /// <param name="insight">The insight.</param>
    /// <param name="stored">One of its names.</param>
    /// <param name="list">The list as it is now.</param>
    public static LinkedName? Link(JsonElement insight, LinkedName stored, Vocabulary list)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(list);
        return TextAt(insight, stored.Field) is { } text && list.FindAlike(text) is { } entry
            ? stored with { Key = entry.Key, Version = list.Hash }
            : null;
    }

    private static string? TextAt(JsonElement value, string pointer)
    {
        foreach (var name in JsonPointer.Names(pointer))
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member))
            {
                value = member;
            }
            else if (value.ValueKind == JsonValueKind.Array
                && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var i)
                && i < value.GetArrayLength())
            {
                value = value[i];
            }
            else
            {
                return null;
            }
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
