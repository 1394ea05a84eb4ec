using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Intake;

namespace Qwen35Batch.Worker.Run;

/// <summary>Turns what a person typed (files, folders, globs, https URLs) into sources, sorted and each once.</summary>
internal static class SourceExpansion
{
    private static readonly char[] Wildcards = ['*', '?', '[', '{'];

    /// <param name="arguments">What was typed.</param>
    /// <param name="leaveOut">Told of a file in a folder that no job can name, in a form that can be printed, and why: it keeps no
    /// other.</param>
    /// <returns>Absolute paths and URLs.</returns>
    /// <exception cref="CommandException">An argument stands for nothing.</exception>
    public static IReadOnlyList<string> Expand(IReadOnlyList<string> arguments, Action<string, string> leaveOut)
    {
        var sources = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var argument in arguments)
        {
            var found = ExpandOne(argument, leaveOut);
            if (found.Count == 0) throw new CommandException($"'{argument}' matches no file.");
            sources.UnionWith(found);
        }

        return [.. sources];
    }

    private static List<string> ExpandOne(string argument, Action<string, string> leaveOut)
    {
        if (argument.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
            || argument.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
        {
            return [argument];
        }
        // A name that exists is itself, even with brackets in it.
        if (File.Exists(argument)) return [Path.GetFullPath(argument)];
        if (Directory.Exists(argument)) return Match(Path.GetFullPath(argument), "**/*", leaveOut);
        if (argument.IndexOfAny(Wildcards) < 0) throw new CommandException($"'{argument}' does not exist.");

        var full = Path.GetFullPath(argument);
        var root = Path.GetPathRoot(full)!;
        var parts = full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        var literal = parts.TakeWhile(part => part.IndexOfAny(Wildcards) < 0).ToArray();
        var folder = Path.Combine([root, .. literal]);
        return Directory.Exists(folder) ? Match(folder, string.Join('/', parts.Skip(literal.Length)), leaveOut) : [];
    }

    private static List<string> Match(string folder, string glob, Action<string, string> leaveOut)
    {
        var files = new List<string>();
        foreach (var file in new FolderWalk([glob], null).Files(folder))
        {
            if (SubmitJobValidator.PathProblem(file) is { } problem) leaveOut(Printable.Text(file), problem);
            else files.Add(file);
        }

        return files;
    }
}
