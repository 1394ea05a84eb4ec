using System.Globalization;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>
/// Limits of a child process on Linux, set by util-linux before the tool replaces it: it dies with its parent, and has an
/// address space, CPU time and file size of its own. Elsewhere a tool has its deadline only.
/// </summary>
internal static class ChildLimits
{
    private static readonly string? SetPriv = OperatingSystem.IsLinux() ? ToolFolder.Find("setpriv", folder: null) : null;
    private static readonly string? PrLimit = OperatingSystem.IsLinux() ? ToolFolder.Find("prlimit", folder: null) : null;

    /// <summary>The command line that runs a program within limits.</summary>
    public static IReadOnlyList<string> Wrap(string program, IReadOnlyList<string> arguments, long memoryBytes, TimeSpan cpu)
    {
        var line = new List<string>();
        if (SetPriv is not null)
            line.AddRange([SetPriv, "--pdeathsig", "KILL", "--"]);
        if (PrLimit is not null)
        {
            line.AddRange(
            [
                PrLimit,
                string.Create(CultureInfo.InvariantCulture, $"--as={memoryBytes}"),
                string.Create(CultureInfo.InvariantCulture, $"--cpu={(long)Math.Ceiling(cpu.TotalSeconds)}"),
                "--fsize=0", "--core=0", "--nofile=128",
                "--",
            ]);
        }

        line.Add(program);
        line.AddRange(arguments);
        return line;
    }
}
