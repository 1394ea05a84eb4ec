using System.Text.Json;

namespace Qwen35Batch.Worker.Files;

/// <summary>How names of states, kinds and reasons are written: as in every record.</summary>
internal static class Spelling
{
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
