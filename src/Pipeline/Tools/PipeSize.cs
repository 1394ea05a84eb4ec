using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>How much a pipe holds on Linux, where it is 64 KiB unless a program asks for more.</summary>
internal static class PipeSize
{
    /// <summary>The most that the kernel gives a program without privileges, in bytes.</summary>
    public const int Most = 1 << 20;

    private const int SetSize = 1031;

    /// <summary>Makes a pipe hold more, so that its two ends are woken less often. One that cannot stays as it is.</summary>
    public static void Widen(Stream output)
    {
        if (OperatingSystem.IsLinux() && output is PipeStream pipe) _ = Control(pipe.SafePipeHandle, SetSize, Most);
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeHandle pipe, int command, nint argument);
}
