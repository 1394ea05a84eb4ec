using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>How much a pipe holds on Linux, where it is 64 KiB unless a program asks for more.</summary>
internal static class PipeSize
{
    /// <summary>The most that the kernel gives a program without privileges, in bytes.</summary>
    public const int Most = 1 << 20;

    /// <summary>
    /// What suits a stream of many megabytes, in bytes: the two ends are woken seldom, and what is in it is still in the processor's cache
    /// when it is read.
    /// </summary>
    public const int Wide = 1 << 19;

    private const int SetSize = 1031;

    /// <summary>Makes a pipe hold more, so that its two ends are woken less often. One that cannot stays as it is.</summary>
    /// <param name="output">The pipe.</param>
    /// <param name="bytes">What it is to hold; more than <see cref="Most"/> counts as that.</param>
    public static void Widen(Stream output, int bytes)
    {
        if (OperatingSystem.IsLinux() && output is PipeStream pipe) _ = Control(pipe.SafePipeHandle, SetSize, Math.Min(bytes, Most));
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeHandle pipe, int command, nint argument);
}
