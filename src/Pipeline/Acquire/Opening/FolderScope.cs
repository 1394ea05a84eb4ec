namespace Qwen35Batch.Pipeline.Acquire.Opening;

/// <summary>Whether a file lies in one of several folders. Symbolic links are resolved on both sides.</summary>
public static class FolderScope
{
    /// <param name="roots">Folders.</param>
    /// <param name="path">An absolute path; what it names need not exist.</param>
    public static bool Contains(IEnumerable<string> roots, string path) => ContainsReal(roots, RegularFile.Resolve(Path.GetFullPath(path)));

    /// <summary>The same for a path whose links have been resolved.</summary>
    internal static bool ContainsReal(IEnumerable<string> roots, string realPath) =>
        // A folder whose name a path without links begins with is no link itself; others are asked of the file system, part by part.
        roots.Select(Path.GetFullPath).Any(root => IsBelow(realPath, root) || IsBelow(realPath, RegularFile.Resolve(root)));

    /// <summary>By name alone.</summary>
    internal static bool IsBelow(string path, string root) =>
        path.StartsWith(
            Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar,
            OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
}
