using System.Globalization;

namespace Qwen35Batch.Pipeline.Acquire;

/// <summary>
/// A place in the media store that is a symbolic link to a source or another name of it, instead of a copy. Beside it lies what the source
/// looked like when its content was hashed: its length, and when it was changed.
/// </summary>
internal static class SourceLink
{
    private const string Extension = ".stamp";

    /// <summary>Whether there is a link, whole or not.</summary>
    public static bool IsAt(string path) => new FileInfo(path).LinkTarget is not null || File.Exists(path + Extension);

    /// <summary>Whether the file that a link leads to is what it was.</summary>
    public static bool Holds(string path) =>
        (File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path)) is FileInfo { Exists: true } target
            && File.Exists(path + Extension)
            && File.ReadAllText(path + Extension) == Stamp(target.Length, target.LastWriteTimeUtc);

    /// <summary>What a file looks like.</summary>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="changed">When it was changed.</param>
    public static string Stamp(long length, DateTime changed) => string.Create(CultureInfo.InvariantCulture, $"{length} {changed.Ticks}");

    /// <summary>Puts a link that was made elsewhere in its place. What a crash leaves in between does not hold.</summary>
    public static void Keep(string temporary, string path, string stamp)
    {
        File.WriteAllText(path + Extension, stamp);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Removes a link and what lies beside it; the source stays.</summary>
    public static void Remove(string path)
    {
        File.Delete(path);
        File.Delete(path + Extension);
    }
}
