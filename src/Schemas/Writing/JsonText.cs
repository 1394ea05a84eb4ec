using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Qwen35Batch.Schemas.Writing;

/// <summary>The one way in which a fixed text is written: everything as itself but what RFC 8259 wants escaped.</summary>
internal static class JsonText
{
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            quoted.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => "\\u" + ((int)character).ToString("x4", CultureInfo.InvariantCulture),
                _ => character.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A value without white space.</summary>
    public static string Write(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object =>
            $"{{{string.Join(',', value.EnumerateObject().Select(member => $"{Quote(member.Name)}:{Write(member.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Write))}]",
        JsonValueKind.String => Quote(value.GetString()!),
        _ => value.GetRawText(),
    };
}
