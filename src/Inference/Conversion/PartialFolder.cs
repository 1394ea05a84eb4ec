using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Conversion;

/// <summary>
/// The folder beside the target that a conversion writes into. It takes the target's place when it is complete, and is deleted when
/// it is not; what a killed conversion left behind is deleted by the next one.
/// </summary>
internal sealed class PartialFolder : IDisposable
{
    private const string Marker = ".partial-";
    private const string LockName = ".lock";

    private readonly string _target;
    private readonly FileStream _lock;
    private bool _renamed;

    private PartialFolder(string target, string path)
    {
        _target = target;
        FolderPath = path;
        _lock = new FileStream(System.IO.Path.Combine(path, LockName), FileMode.CreateNew, FileAccess.Write, FileShare.None);
    }

    public string FolderPath { get; }

    /// <exception cref="ModelFormatException">The target cannot be replaced.</exception>
    public static PartialFolder Create(string target)
    {
        target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        var parent = Directory.CreateDirectory(Path.GetDirectoryName(target)!).FullName;
        foreach (var left in Directory.EnumerateDirectories(parent, Path.GetFileName(target) + Marker + "*"))
        {
            DeleteIfAbandoned(left);
        }

        CheckReplaceable(target);
        return new PartialFolder(target, Directory.CreateDirectory(target + Marker + Path.GetRandomFileName()).FullName);
    }

    /// <summary>Puts the folder in the target's place.</summary>
    public void Rename()
    {
        _lock.Dispose();
        File.Delete(_lock.Name);
        var replaced = Directory.Exists(_target) ? _target + Marker + Path.GetRandomFileName() : null;
        if (replaced is not null)
        {
            Directory.Move(_target, replaced);
        }

        try
        {
            Directory.Move(FolderPath, _target);
            _renamed = true;
        }
        catch when (replaced is not null)
        {
            Directory.Move(replaced, _target);
            throw;
        }

        if (replaced is not null)
        {
            Directory.Delete(replaced, recursive: true);
        }
    }

    public void Dispose()
    {
        _lock.Dispose();
        if (!_renamed)
        {
            Directory.Delete(FolderPath, recursive: true);
        }
    }

    /// <summary>A mount point cannot be renamed, which is better known before hours of work than after them.</summary>
    private static void CheckReplaceable(string target)
    {
        if (!Directory.Exists(target))
        {
            return;
        }

        var elsewhere = target + ".check-" + Path.GetRandomFileName();
        try
        {
            Directory.Move(target, elsewhere);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(
                $"{target} cannot be replaced by a converted model: {exception.Message} It may be a mount point, or in use. Give a folder "
                    + $"that does not exist yet, such as {Path.Combine(target, "model")}.", exception);
        }

        Directory.Move(elsewhere, target);
    }

    private static void DeleteIfAbandoned(string folder)
    {
        try
        {
            using (new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None))
            {
            }

            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // Another conversion is writing there.
        }
    }
}
