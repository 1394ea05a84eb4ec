using System.Globalization;

namespace Qwen35Batch.TestServers;

/// <summary>Where package managers put server programs that are not on the path.</summary>
internal static class InstalledPrograms
{
    /// <summary>The folder that holds a program: on the path, or the newest of the usual places; null when it is not installed.</summary>
    /// <param name="program">A program's file name.</param>
    /// <param name="places">Folders; a star stands for a version.</param>
    public static string? FindFolder(string program, params IReadOnlyList<string> places)
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return places.SelectMany(Expand).Concat(onPath).FirstOrDefault(folder => File.Exists(Path.Combine(folder, program)));
    }

    private static IEnumerable<string> Expand(string place)
    {
        var star = place.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
            return [place];

        var parent = Path.GetDirectoryName(place[..star]) ?? "/";
        var prefix = Path.GetFileName(place[..star]);
        var rest = place[(star + 1)..].TrimStart('/');
        return !Directory.Exists(parent)
            ? []
            : Directory.EnumerateDirectories(parent, prefix + "*")
                .OrderByDescending(folder => Version(Path.GetFileName(folder)[prefix.Length..]))
                .Select(folder => Path.Combine(folder, rest));
    }

    private static double Version(string text) =>
        double.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
