using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qwen35Batch.Pipeline.Acquire.Opening;

/// <summary>Opens regular files only, and never waits: opening a FIFO without a writer would block a thread for ever.</summary>
public static class RegularFile
{
    private const int NonBlockingLinux = 0x800;
    private const int CloseOnExecLinux = 0x80000;
    private const int NonBlockingMac = 0x4;
    private const int CloseOnExecMac = 0x1000000;
    private const int EmptyPath = 0x1000;
    private const uint TypeAndMode = 0x3;
    private const int NoSuchFile = 2;
    private const int NotADirectory = 20;
    private const int AccessDenied = 13;
    private const int NotPermitted = 1;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="IOException">It is a device, a pipe or a socket, or it cannot be opened now.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle Open(string path)
    {
        if (OperatingSystem.IsWindows())
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);

        var flags = OperatingSystem.IsMacOS() ? NonBlockingMac | CloseOnExecMac : NonBlockingLinux | CloseOnExecLinux;
        var descriptor = NativeOpen(path, flags);
        if (descriptor < 0)
            throw Failure(path, Marshal.GetLastPInvokeError());
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (IsRegular(handle))
            return handle;
        handle.Dispose();
        throw new NotARegularFileException(path);
    }

    /// <summary>The path of what is open, symbolic links resolved.</summary>
    internal static string RealPath(SafeFileHandle handle, string path) => OperatingSystem.IsLinux()
        ? new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget ?? Resolve(path)
        : Resolve(path);

    /// <summary>A path with the symbolic links of all of its parts resolved.</summary>
    internal static string Resolve(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
            return path;
        var here = Path.Combine(Resolve(parent), Path.GetFileName(path));
        FileSystemInfo info = Directory.Exists(here) ? new DirectoryInfo(here) : new FileInfo(here);
        // What is not there is no link.
        var target = info.Exists || info.LinkTarget is not null ? info.ResolveLinkTarget(returnFinalTarget: true)?.FullName : null;
        return target is null ? here : Resolve(target);
    }

    private static bool IsRegular(SafeFileHandle handle)
    {
        if (OperatingSystem.IsLinux())
        {
            // The layout of struct statx is the same on every architecture: the mode is at byte 28.
            var status = new byte[256];
            if (NativeStatus(handle, "", EmptyPath, TypeAndMode, status) == 0)
                return (BitConverter.ToUInt16(status, 28) & 0xF000) == 0x8000;
        }

        using var probe = new FileStream(
            new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, bufferSize: 0);
        return probe.CanSeek;
    }

    private static Exception Failure(string path, int error) => error switch
    {
        NoSuchFile or NotADirectory => new FileNotFoundException($"'{path}' does not exist.", path),
        AccessDenied or NotPermitted => new UnauthorizedAccessException($"'{path}' may not be read."),
        _ => new IOException(Marshal.GetPInvokeErrorMessage(error)),
    };

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int NativeOpen([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int NativeStatus(
        SafeFileHandle folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] status);
}
