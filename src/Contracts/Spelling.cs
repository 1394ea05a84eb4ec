using System.Text.Json;
using System.Text.Json.Serialization;

namespace Qwen35Batch.Contracts;

/// <summary>
/// How names of states, kinds and reasons are written wherever this program is read: <c>completedWithGaps</c>, <c>sourceNotFound</c>.
/// </summary>
public static class Spelling
{
    /// <summary>Writes names so, and reads them in either case.</summary>
    public static JsonConverter Converter { get; } = new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

    /// <summary>A value's name.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Of(value.ToString());

    /// <summary>A name as code has it, in this spelling.</summary>
    public static string Of(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    /// <summary>The names that there are, in their order.</summary>
    public static IEnumerable<string> Names<T>()
        where T : struct, Enum => Enum.GetNames<T>().Select(Of);

    /// <summary>The value of a name in either case; null for another text, and for a number.</summary>
    public static T? Read<T>(string name)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (string.Equals(value.ToString(), name, StringComparison.OrdinalIgnoreCase)) return value;
        return null;
    }
}
