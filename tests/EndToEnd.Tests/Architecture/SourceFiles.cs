namespace Qwen35Batch.EndToEnd.Tests.Architecture;

/// <summary>The C# files of the repository. Paths are relative to it, with slashes.</summary>
internal static class SourceFiles
{
    public static IReadOnlyList<string> Of(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Folder, folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Folder, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Written by EF Core: its files have their own order and style.</summary>
    public static bool IsMigration(string file) => file.StartsWith("src/Persistence/Migrations/", StringComparison.Ordinal);

    public static string FolderOf(string file) => Path.GetDirectoryName(file)!.Replace('\\', '/');
}
