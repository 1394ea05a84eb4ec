using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Pipeline.Acquire.Opening;

namespace Qwen35Batch.Worker.Stages;

/// <summary>
/// A file in the data folder that this process keeps locked while it lives. The operating system drops the lock when the process dies,
/// however it dies, and keeps it while the process is only stopped: so that others that use the folder know one from the other.
/// </summary>
internal sealed partial class WorkerLock(WorkerIdentity worker, IOptions<AcquireOptions> acquire, ILogger<WorkerLock> logger)
    : IDisposable
{
    private readonly string _folder = Path.GetFullPath(acquire.Value.DataFolder);
    private readonly Lock _taking = new();
    private FileStream? _file;
    private Guid? _mediaStore;

    /// <summary>The machine, by its name.</summary>
    public static string Machine => Environment.MachineName;

    /// <summary>What this worker says of itself; takes the lock first. Without it, only silence tells that it died.</summary>
    public WorkerPresence Presence()
    {
        lock (_taking)
        {
            if (_mediaStore is null) TryTake();
        }

        return new(worker.Id, _mediaStore, Machine);
    }

    /// <summary>Whether a worker that uses this data folder has ended. One that is only stopped has not.</summary>
    public bool HasEnded(WorkerPresence other)
    {
        if (other.Id == worker.Id || other.MediaStore is null || other.MediaStore != _mediaStore) return false;
        try
        {
            using var file = Open(PathOf(other.Id), FileMode.Open);
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Removes the file of a worker that has ended.</summary>
    public void Remove(Guid ended)
    {
        try
        {
            File.Delete(PathOf(ended));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // An empty file too many does no harm.
        }
    }

    public void Dispose() => _file?.Dispose();

    private void TryTake()
    {
        try
        {
            Directory.CreateDirectory(Path.Combine(_folder, "workers"));
            _file ??= Open(PathOf(worker.Id), FileMode.Create);
            _mediaStore = ReadMediaStore();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            Log.NotTaken(logger, _folder, problem);
        }
    }

    private static FileStream Open(string path, FileMode mode) => new(path, mode, FileAccess.ReadWrite, FileShare.None);

    private string PathOf(Guid id) => Path.Combine(_folder, "workers", $"{id:N}.lock");

    /// <summary>The data folder's own name, which does not depend on where it is mounted.</summary>
    private Guid ReadMediaStore()
    {
        var path = Path.Combine(_folder, "workers", "media-store");
        if (!File.Exists(path))
        {
            var unfinished = $"{path}.{worker.Id:N}";
            File.WriteAllText(unfinished, $"{Guid.CreateVersion7()}");
            try
            {
                File.Move(unfinished, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process was quicker.
                File.Delete(unfinished);
            }
        }

        return Guid.TryParse(File.ReadAllText(path), out var store)
            ? store
            : throw new IOException($"'{path}' does not hold the data folder's id; delete it while no worker runs.");
    }

    private static partial class Log
    {
        [LoggerMessage(160, LogLevel.Warning, "The data folder {Folder} cannot be written; free some space or check its permissions.")]
        public static partial void NotTaken(ILogger logger, string folder, Exception exception);
    }
}
