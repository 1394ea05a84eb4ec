using System.Globalization;

namespace Qwen35Batch.Benchmarks.Reading;

/// <summary>Memory of processes as Linux counts it, in MiB.</summary>
internal static class ProcessMemory
{
    private const string Starter = "Child starter";

    /// <summary>What a process holds now.</summary>
    public static double Resident(int process) => Field(process, "VmRSS:");

    /// <summary>The most that it has held since <see cref="ForgetPeak"/>.</summary>
    public static double Peak(int process) => Field(process, "VmHWM:");

    /// <summary>Begins to count the most anew.</summary>
    public static void ForgetPeak(int process) =>
        File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/clear_refs"), "5");

    /// <summary>The process below another one that has held the most.</summary>
    public static (string Name, double MiB) LargestBelow(int process)
    {
        var largest = (Name: "none", MiB: 0.0);
        foreach (var child in Children(process))
        {
            var name = Text(child, "comm").Trim();
            // Until a child has become its program, it counts its parent's memory.
            var found = (name, name == Starter ? 0 : Peak(child));
            largest = found.Item2 > largest.MiB ? found : largest;
            var below = LargestBelow(child);
            largest = below.MiB > largest.MiB ? below : largest;
        }

        return largest;
    }

    private static IEnumerable<int> Children(int process)
    {
        var tasks = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task");
        if (!Directory.Exists(tasks))
            return [];
        try
        {
            return [.. Directory.GetDirectories(tasks)
                .SelectMany(task => Read(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(child => int.Parse(child, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static double Field(int process, string name)
    {
        var line = Text(process, "status").Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        var kibibytes = line?[name.Length..].Replace("kB", "", StringComparison.Ordinal);
        return kibibytes is null ? 0 : double.Parse(kibibytes, CultureInfo.InvariantCulture) / 1024;
    }

    private static string Text(int process, string file) => Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/{file}"));

    // A process may end at any time.
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
