using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qwen35Batch.Pipeline.Acquire;

/// <summary>Gives a file's content to another without copying it, where the file system can.</summary>
internal static class FileClone
{
    private const nuint Clone = 0x40049409;
    private const int CurrentFolder = -100;
    private const int FollowLinks = 0x400;

    /// <summary>
    /// Lets a file share the blocks of another until one of them is changed (btrfs, XFS, bcachefs, some network file systems).
    /// </summary>
    /// <param name="source">What is shared, open for reading.</param>
    /// <param name="target">An empty file, open for writing.</param>
    /// <returns>False when it has to be copied.</returns>
    public static bool TryShareBlocks(SafeFileHandle source, SafeFileHandle target) =>
        OperatingSystem.IsLinux() && Control(target, Clone, source.DangerousGetHandle()) == 0;

    /// <summary>Gives an open file another name on the same file system.</summary>
    /// <param name="file">The file: what is open, and not what its name leads to by now.</param>
    /// <param name="name">Its new name.</param>
    /// <returns>False when it has to be copied.</returns>
    public static bool TryLink(SafeFileHandle file, string name) =>
        OperatingSystem.IsLinux()
            && LinkAt(CurrentFolder, $"/proc/self/fd/{file.DangerousGetHandle()}", CurrentFolder, name, FollowLinks) == 0;

    [DllImport("libc", EntryPoint = "ioctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeFileHandle target, nuint command, nint argument);

    [DllImport("libc", EntryPoint = "linkat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LinkAt(
        int folder,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        int nameFolder,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        int flags);
}
