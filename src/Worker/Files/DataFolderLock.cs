using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Files;

/// <summary>
/// One working process a data folder: SQLite and the converted models are shared by nobody, so leases that an earlier process left behind
/// can be ended at once. The operating system drops the lock when the process dies, however it dies.
/// </summary>
internal sealed class DataFolderLock : IDisposable
{
    /// <summary>A file that is locked: EAGAIN of Linux and macOS, and Windows' sharing violation.</summary>
    private static readonly int[] InUse = [11, 35, unchecked((int)0x8007_0020)];

    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <exception cref="CommandException">Another process works on the folder, or it cannot be written to.</exception>
    public static DataFolderLock Take(WorkerSettings settings)
    {
        var folder = Path.GetFullPath(settings.DataFolder ?? "data");
        try
        {
            Directory.CreateDirectory(folder);
            return new(new FileStream(Path.Combine(folder, "worker.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (InUse.Contains(error.HResult))
        {
            throw new CommandException(
                $"Another qwen35batch is working on '{folder}'. Wait until it ends, or choose another folder with --data.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"'{folder}' cannot be the data folder: {error.Message} Choose another with --data.");
        }
    }

    public void Dispose() => _file.Dispose();
}
