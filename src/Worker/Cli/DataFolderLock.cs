using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Cli;

/// <summary>
/// One working process a data folder: SQLite and the converted models are shared by nobody, so leases that an earlier process left behind
/// can be ended at once. The operating system drops the lock when the process dies, however it dies.
/// </summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <exception cref="CommandException">Another process works on the folder.</exception>
    public static DataFolderLock Take(WorkerSettings settings)
    {
        var folder = Path.GetFullPath(settings.DataFolder ?? "data");
        Directory.CreateDirectory(folder);
        try
        {
            return new(new FileStream(Path.Combine(folder, "worker.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            throw new CommandException($"Another qwen35batch is working on '{folder}'. Wait until it ends, or choose another folder with --data.");
        }
    }

    public void Dispose() => _file.Dispose();
}
