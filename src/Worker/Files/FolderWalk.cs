using Microsoft.Extensions.FileSystemGlobbing;

namespace Qwen35Batch.Worker.Files;

/// <summary>
/// The files below a folder that match globs, in a fixed order. They are listed while they are asked for, so that an archive of a hundred
/// million is never held in memory, only one folder of it. Hidden files and folders are passed over, and a link to a folder that it lies in
/// is not followed.
/// </summary>
internal sealed class FolderWalk
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly Matcher _matcher = new(StringComparison.Ordinal);
    private readonly int _deepest;
    private readonly Action<string, Exception>? _unreadable;

    /// <param name="globs">At least one, such as <c>**/*.jpg</c>.</param>
    /// <param name="unreadable">Told of a subfolder that may not be read or has just gone, which is passed over; null to fail.</param>
    public FolderWalk(IReadOnlyCollection<string> globs, Action<string, Exception>? unreadable)
    {
        _matcher.AddIncludePatterns(globs);
        _deepest = globs.Max(Depth);
        _unreadable = unreadable;
    }

    /// <returns>Full paths.</returns>
    public IEnumerable<string> Files(string root) => Files(new(root), root, 1, [Real(new(root), "")]);

    /// <summary>Folders that no glob reaches need not be looked into.</summary>
    private static int Depth(string glob) =>
        glob.Contains("**", StringComparison.Ordinal) || glob is [.., '/' or '\\']
            ? int.MaxValue
            : 1 + glob.Count(character => character is '/' or '\\');

    private static string Real(DirectoryInfo folder, string parent) =>
        folder.Attributes.HasFlag(FileAttributes.ReparsePoint) && folder.ResolveLinkTarget(returnFinalTarget: true) is { } target
            ? Path.TrimEndingDirectorySeparator(target.FullName)
            : parent.Length == 0 ? folder.FullName : Path.Combine(parent, folder.Name);

    /// <param name="folder">What is listed.</param>
    /// <param name="root">Where the globs begin.</param>
    /// <param name="depth">1 in the root.</param>
    /// <param name="way">The folders from the root to this one, with their links resolved; the last is this one.</param>
    private IEnumerable<string> Files(DirectoryInfo folder, string root, int depth, List<string> way)
    {
        foreach (var entry in Entries(folder, depth))
        {
            if (entry.Name[0] == '.') continue;

            if (entry is not DirectoryInfo below)
            {
                if (_matcher.Match(root, entry.FullName).HasMatches) yield return entry.FullName;
            }
            else if (depth < _deepest && Real(below, way[^1]) is var real && !way.Contains(real, StringComparer.Ordinal))
            {
                way.Add(real);
                foreach (var file in Files(below, root, depth + 1, way)) yield return file;
                way.RemoveAt(way.Count - 1);
            }
        }
    }

    private List<FileSystemInfo> Entries(DirectoryInfo folder, int depth)
    {
        try
        {
            return [.. folder.EnumerateFileSystemInfos("*", Everything).OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (Exception problem) when (depth > 1
            && _unreadable is not null
            && (problem is UnauthorizedAccessException or DirectoryNotFoundException))
        {
            _unreadable(folder.FullName, problem);
            return [];
        }
    }
}
