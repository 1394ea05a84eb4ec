namespace Qwen35Batch.Pipeline.Tests.Extract;

/// <summary>Looks for running processes (Linux; elsewhere finds none).</summary>
internal static class Processes
{
    /// <summary>The ids of the processes that have a text in their command line.</summary>
    public static IReadOnlyList<int> Mentioning(string text)
    {
        var found = new List<int>();
        if (!OperatingSystem.IsLinux())
            return found;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id) || id == Environment.ProcessId)
                continue;
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "cmdline")).Contains(text, StringComparison.Ordinal))
                    found.Add(id);
            }
            catch (IOException)
            {
            }
            catch (UnauthorizedAccessException)
            {
            }
        }

        return found;
    }
}
