using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qwen35Batch.Pipeline.Acquire;

/// <summary>The disk of this machine.</summary>
internal sealed class StoreDisk : IStoreDisk
{
    private const uint BeginToWrite = 2;
    private const int CloseOnExecLinux = 0x80000;
    private const int CloseOnExecMac = 0x1000000;
    private const int IOError = 5;
    private const int NoSpaceLinux = 28;
    private const int OverQuotaLinux = 122;

    private readonly DiskThreads _threads = new();

    public void Flush(IReadOnlyList<string> paths, Action<int, Exception> failed)
    {
        var files = new SafeFileHandle?[paths.Count];
        try
        {
            for (var index = 0; index < files.Length; index++)
            {
                var at = index;
                Try(at, () => files[at] = File.OpenHandle(paths[at], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
                // All are on their way to the disk before the first is waited for.
                if (OperatingSystem.IsLinux() && files.Length > 1 && files[at] is { } file) _ = SyncRange(file, 0, 0, BeginToWrite);
            }

            _threads.ForEach(files.Length, index =>
            {
                if (files[index] is { } file) Try(index, () => RandomAccess.FlushToDisk(file));
            });
        }
        finally
        {
            foreach (var file in files) file?.Dispose();
        }

        void Try(int index, Action action) => StoreDisk.Try(index, action, failed);
    }

    // Windows keeps names in its journal by itself.
    public void FlushFolders(IReadOnlyList<string> folders, Action<int, Exception> failed)
    {
        if (OperatingSystem.IsWindows()) return;
        _threads.ForEach(folders.Count, index => Try(index, () => FlushFolder(folders[index]), failed));
    }

    private static void FlushFolder(string folder)
    {
        var descriptor = Open(folder, OperatingSystem.IsMacOS() ? CloseOnExecMac : CloseOnExecLinux);
        if (descriptor < 0)
            throw new IOException($"'{folder}' cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        // Some network file systems know no such thing for folders, and write names at once.
        if (Sync(handle) == 0) return;
        var error = Marshal.GetLastPInvokeError();
        if (error is IOError or NoSpaceLinux or OverQuotaLinux)
            throw new IOException($"'{folder}' cannot be written: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    private static void Try(int index, Action action, Action<int, Exception> failed)
    {
        try
        {
            action();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            failed(index, problem);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "sync_file_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SyncRange(SafeFileHandle file, long offset, long length, uint flags);
}
