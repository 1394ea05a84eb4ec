using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Qwen35Batch.Benchmarks;

/// <summary>The time on the clock, and the CPU time of this process with all children that have ended.</summary>
/// <param name="Wall">On the clock.</param>
/// <param name="Cpu">Of the processors; where that is not known, of this process alone.</param>
internal sealed record ProcessTime(TimeSpan Wall, TimeSpan Cpu)
{
    private const int Children = -1;

    /// <summary>What some work takes.</summary>
    public static async Task<ProcessTime> OfAsync(Func<Task> work)
    {
        var (started, before) = (Stopwatch.GetTimestamp(), CpuNow());
        await work();
        return new(Stopwatch.GetElapsedTime(started), CpuNow() - before);
    }

    private static TimeSpan CpuNow() => Environment.CpuUsage.TotalTime
        + (OperatingSystem.IsLinux() && GetUsage(Children, out var usage) == 0 ? usage.User.Span + usage.System.Span : TimeSpan.Zero);

    [DllImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetUsage(int who, out Usage usage);

    [StructLayout(LayoutKind.Sequential)]
    private struct Clock
    {
        public long Seconds;
        public long Microseconds;

        public readonly TimeSpan Span => TimeSpan.FromSeconds(Seconds) + TimeSpan.FromMicroseconds(Microseconds);
    }

    // Fourteen counts follow.
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Usage
    {
        public Clock User;
        public Clock System;
    }
}
