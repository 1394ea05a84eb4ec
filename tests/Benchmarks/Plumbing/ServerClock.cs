using System.Globalization;

namespace Qwen35Batch.Benchmarks.Plumbing;

/// <summary>
/// Measures <see cref="ServerTime"/> by thread and not by process: of dozens of backends that do a little each, the system's hundredths of
/// a second would lose most. What ends in between is not counted.
/// </summary>
internal sealed class ServerClock
{
    private const int ParentField = 1;

    private readonly Dictionary<string, (string Program, long Nanoseconds)> _earlier = Read();
    private readonly TimeSpan _own = Environment.CpuUsage.TotalTime;

    /// <summary>What was used since this was made.</summary>
    public ServerTime Elapsed()
    {
        var now = Read();
        return new(Of("postgres"), Of("beam.smp"), Environment.CpuUsage.TotalTime - _own);

        TimeSpan Of(string program) => TimeSpan.FromMicroseconds(
            now.Where(thread => thread.Value.Program == program)
                .Sum(thread => thread.Value.Nanoseconds - _earlier.GetValueOrDefault(thread.Key).Nanoseconds) / 1000.0);
    }

    /// <summary>The threads of the children of this program and of their children, by their folders.</summary>
    private static Dictionary<string, (string Program, long Nanoseconds)> Read()
    {
        var times = new Dictionary<string, (string Program, long Nanoseconds)>(StringComparer.Ordinal);
        if (!OperatingSystem.IsLinux()) return times;
        var all = Directory.EnumerateDirectories("/proc").Select(Describe).OfType<Running>().ToDictionary(process => process.Id);
        foreach (var process in all.Values.Where(IsOurs))
        {
            foreach (var thread in Threads(process))
            {
                if (Text(Path.Combine(thread, "schedstat")) is { } text)
                    times[thread] = (process.Program, long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture));
            }
        }

        return times;

        bool IsOurs(Running? process)
        {
            for (; process is not null; process = all.GetValueOrDefault(process.Parent))
            {
                if (process.Parent == Environment.ProcessId) return true;
            }

            return false;
        }
    }

    private static string[] Threads(Running process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process.Id}/task");
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static Running? Describe(string folder)
    {
        if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)
            || Text(Path.Combine(folder, "stat")) is not { } text)
        {
            return null;
        }

        var (begin, end) = (text.IndexOf('(', StringComparison.Ordinal), text.LastIndexOf(')'));
        return new(id, int.Parse(text[(end + 2)..].Split(' ')[ParentField], CultureInfo.InvariantCulture), text[(begin + 1)..end]);
    }

    /// <summary>Null when what it tells of has ended meanwhile.</summary>
    private static string? Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record Running(int Id, int Parent, string Program);
}
