using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>
/// Whether ffmpeg and poppler are there, for a readiness check. To start all of them takes a fifth of a second of a processor: one that has
/// told its version is asked again when its file is another, or a while later.
/// </summary>
internal sealed partial class ToolCheck(ToolRunner runner, IOptions<ToolOptions> options, TimeProvider time)
{
    /// <summary>A library that a tool needs may have gone, and its own file tells nothing of that.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    // The first with -fps_mode.
    private static readonly Version OldestFfmpeg = new(5, 1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly string[] Tools =
        ["ffmpeg", "ffprobe", "pdftoppm", "pdftotext", "pdfinfo", "pdfimages", "pdfdetach", "pdffonts"];

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Tells every tool's version.</summary>
    public async Task<IReadOnlyList<ToolStatus>> CheckAsync(CancellationToken cancellationToken)
    {
        var statuses = new List<ToolStatus>();
        foreach (var tool in Tools)
            statuses.Add(await CheckAsync(tool, cancellationToken).ConfigureAwait(false));
        return statuses;
    }

    private async Task<ToolStatus> CheckAsync(string tool, CancellationToken cancellationToken)
    {
        if (ToolFolder.Find(tool, options.Value.ToolFolder) is not { } path)
            return new(tool, null, null, ToolFolder.HowToInstall(tool));
        var stamp = Stamp(path);
        if (_known.TryGetValue(path, out var known) && known.Stamp == stamp && time.GetElapsedTime(known.At) < Kept) return known.Status;
        var status = await AskAsync(tool, path, cancellationToken).ConfigureAwait(false);
        if (status.Problem is null) _known[path] = new(status, stamp, time.GetTimestamp());
        else _known.TryRemove(path, out _);
        return status;
    }

    /// <summary>Tells a program from another in its place.</summary>
    private static (DateTime Written, long Length) Stamp(string path)
    {
        FileSystemInfo file = new FileInfo(path);
        try
        {
            file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        }
        catch (IOException)
        {
            // Whatever it is, it is asked for its version.
        }

        return (file.LastWriteTimeUtc, file is FileInfo { Exists: true } program ? program.Length : 0);
    }

    private async Task<ToolStatus> AskAsync(string tool, string path, CancellationToken cancellationToken)
    {
        var isFfmpeg = tool.StartsWith("ff", StringComparison.Ordinal);
        var output = new StringBuilder();
        try
        {
            var result = await runner.RunAsync(
                new()
                {
                    Tool = tool,
                    Arguments = [isFfmpeg ? "-version" : "-v"],
                    Deadline = Deadline,
                    Subject = "The version",
                    Output = PipeTarget.ToStringBuilder(output),
                },
                cancellationToken).ConfigureAwait(false);
            var line = (output.Length > 0 ? output.ToString() : result.Messages).Split('\n')[0].Trim();
            // Some of poppler's tools tell their version and end with an error.
            return !line.StartsWith($"{tool} version", StringComparison.Ordinal)
                ? new(tool, path, null, $"{path} does not run (exit code {result.ExitCode}): {result.Messages}")
                : new(tool, path, line, isFfmpeg ? Outdated(path, line) : null);
        }
        catch (Exception exception) when (exception is MediaRejectedException or ResourceUnavailableException)
        {
            return new(tool, path, null, $"{path} does not run: {exception.Message}");
        }
    }

    private static string? Outdated(string path, string line)
    {
        // A build from git has no number ("N-12345-g…"): it is newer than every release that is too old.
        var number = VersionNumber().Match(line);
        return number.Success && Version.Parse(number.Groups[1].Value) < OldestFfmpeg
            ? string.Create(CultureInfo.InvariantCulture, $"{path} is version {number.Groups[1].Value}; install {OldestFfmpeg} or newer.")
            : null;
    }

    private sealed record Known(ToolStatus Status, (DateTime Written, long Length) Stamp, long At);

    [GeneratedRegex(@"version n?(\d+\.\d+)")]
    private static partial Regex VersionNumber();
}
