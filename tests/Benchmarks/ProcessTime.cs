using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Qwen35Batch.Benchmarks;

/// <summary>The time on the clock, and the CPU time of this process and of all children that have ended.</summary>
/// <param name="Wall">On the clock.</param>
/// <param name="Own">Of the processors, by this process.</param>
/// <param name="Tools">Of the processors, by children; zero where that is not known.</param>
internal sealed record ProcessTime(TimeSpan Wall, TimeSpan Own, TimeSpan Tools)
{
    private const int Children = -1;

    /// <summary>Of the processors.</summary>
    public TimeSpan Cpu => Own + Tools;

    /// <summary>What some work takes.</summary>
    public static async Task<ProcessTime> OfAsync(Func<Task> work)
    {
        var (started, own, tools) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, ToolsNow());
        await work();
        var wall = Stopwatch.GetElapsedTime(started);
        // The time of a child is known when it has ended, which may be after all that it wrote has been read.
        while (HasChildren()) await Task.Delay(1);
        return new(wall, Environment.CpuUsage.TotalTime - own, ToolsNow() - tools);
    }

    private static bool HasChildren() => OperatingSystem.IsLinux() && Directory.EnumerateDirectories("/proc/self/task").Any(
        task =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, "children")).Length > 0;
            }
            catch (IOException)
            {
                // The thread has ended.
                return false;
            }
        });

    private static TimeSpan ToolsNow() =>
        OperatingSystem.IsLinux() && GetUsage(Children, out var usage) == 0 ? usage.User.Span + usage.System.Span : TimeSpan.Zero;

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
