using System.Globalization;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>
/// Limits of a child process on Linux, set by util-linux before the tool replaces it: it dies with its parent, has a session of its own, so
/// that a terminal's Ctrl-C does not reach it, and an address space, CPU time and file size of its own. Elsewhere a tool has its deadline
/// only.
/// </summary>
internal static class ChildLimits
{
    // Where both limits are the same, the kernel sends the signal that means "killed" and not the one that means "out of CPU time".
    private const long KillSeconds = 5;

    private static readonly string? SetPriv = OperatingSystem.IsLinux() ? ToolFolder.Find("setpriv", folder: null) : null;
    private static readonly string? SetSid = OperatingSystem.IsLinux() ? ToolFolder.Find("setsid", folder: null) : null;
    private static readonly string? StdBuf = OperatingSystem.IsLinux() ? ToolFolder.Find("stdbuf", folder: null) : null;
    private static readonly string? PrLimit = OperatingSystem.IsLinux() ? ToolFolder.Find("prlimit", folder: null) : null;

    /// <summary>The command line that runs a program which dies with its parent, without other limits.</summary>
    public static IReadOnlyList<string> WithParent(string program, IReadOnlyList<string> arguments) =>
    [
        .. SetPriv is null ? (string[])[] : [SetPriv, "--pdeathsig", "KILL", "--"],
        .. SetSid is null ? (string[])[] : [SetSid],
        program,
        .. arguments,
    ];

    /// <summary>The command line that runs a program within limits.</summary>
    /// <param name="program">Its full path.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="memoryBytes">Its address space.</param>
    /// <param name="cpu">Its CPU time.</param>
    /// <param name="openFiles">How many files it may have open.</param>
    /// <param name="writesMuch">Whether its standard output gets a larger buffer, where coreutils are there to do so.</param>
    public static IReadOnlyList<string> Wrap(
        string program, IReadOnlyList<string> arguments, long memoryBytes, TimeSpan cpu, int openFiles = 128, bool writesMuch = false)
    {
        var line = new List<string>();
        if (SetPriv is not null)
            line.AddRange([SetPriv, "--pdeathsig", "KILL", "--"]);
        if (SetSid is not null)
            line.Add(SetSid);
        if (PrLimit is not null)
        {
            var seconds = (long)Math.Ceiling(cpu.TotalSeconds);
            line.AddRange(
            [
                PrLimit,
                string.Create(CultureInfo.InvariantCulture, $"--as={memoryBytes}"),
                string.Create(CultureInfo.InvariantCulture, $"--cpu={seconds}:{seconds + KillSeconds}"),
                "--fsize=0", "--core=0",
                string.Create(CultureInfo.InvariantCulture, $"--nofile={openFiles}"),
                "--",
            ]);
        }

        if (writesMuch && StdBuf is not null)
            line.AddRange([StdBuf, string.Create(CultureInfo.InvariantCulture, $"--output={PipeSize.Wide}")]);
        line.Add(program);
        line.AddRange(arguments);
        return line;
    }
}
