using System.Reflection;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Readme => Path.Combine(Folder, "README.md");

    public static string Folder { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(
        data => data.Key == "RepositoryFolder").Value!;
}
