namespace Qwen35Batch.Persistence.Model.Configurations;

internal static class Allowed
{
    /// <summary>A check that a column holds one of an enum's names.</summary>
    public static string Values<T>(string column)
        where T : struct, Enum => $"{column} IN ({string.Join(", ", Enum.GetNames<T>().Select(name => $"'{name}'"))})";
}
