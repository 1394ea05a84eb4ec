using System.ComponentModel;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>
/// Runs ffmpeg and poppler: arguments as a list, both outputs drained, a deadline that kills the process tree, and limits on memory, CPU
/// time and how many run at once. Only an end that says something about the media becomes a result or a rejection.
/// </summary>
internal sealed partial class ToolRunner(
    IOptions<ToolOptions> options,
    ToolPlaces places,
    ToolSuspects suspects,
    ToolBudget budget,
    TimeProvider time,
    ILogger<ToolRunner> logger)
{
    private const int KeptMessageCharacters = 4_000;
    private const int NoSuchFile = 2;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RepairDelay = TimeSpan.FromMinutes(1);

    private readonly ToolOptions _options = options.Value;

    /// <summary>Runs a tool to its end.</summary>
    /// <exception cref="MediaRejectedException">
    /// It took more memory than allowed, crashed or took too long for the second time (the first, with a fallback), or was ended from
    /// outside or stalled again and again.
    /// </exception>
    /// <exception cref="ResourceUnavailableException">
    /// The tool is missing or could not run, somebody ended it, the disk was full, or it crashed or took too long for the first time.
    /// </exception>
    public async Task<ToolResult> RunAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var program = request.Program ?? ToolFolder.Find(request.Tool, _options.ToolFolder) ?? throw Missing(request.Tool);
        var line = ChildLimits.Wrap(
            program,
            request.Arguments,
            request.AddressSpaceBytes ?? _options.ToolMemoryBytes,
            request.Deadline * _options.ToolThreads,
            request.OpenFiles,
            request.WritesMuch);
        var messages = new StringBuilder();
        using var place = await places.TakeAsync(cancellationToken).ConfigureAwait(false);
        using var deadline = new ToolDeadline(request.Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Over, cancellationToken);
        var command = Cli.Wrap(line[0])
            .WithArguments(line.Skip(1))
            .WithValidation(CommandResultValidation.None)
            .WithEnvironmentVariables(
                variables => variables.Set("LC_ALL", "C.UTF-8").Set("AV_LOG_FORCE_NOCOLOR", "1").Set(request.Variables))
            .WithStandardInputPipe(request.Input)
            .WithStandardOutputPipe(request.Output)
            .WithStandardErrorPipe(PipeTarget.ToDelegate(text => Take(request, messages, text)));
        var watching = Task.CompletedTask;
        try
        {
            Log.Starts(logger, request.Tool, request.Subject);
            var running = await ChildStarter.RunAsync(() => command.ExecuteAsync(either.Token)).ConfigureAwait(false);
            watching = deadline.WatchAsync(running.ProcessId);
            var result = await running.Task.ConfigureAwait(false);
            Log.Ran(logger, request.Tool, request.Subject, result.ExitCode, result.RunTime.TotalMilliseconds);
            var said = messages.ToString().Trim();
            return Conclude(request, ToolVerdict.Judge(request.Tool, result.ExitCode, said), new(result.ExitCode, said));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Conclude(request, deadline.WasBusy ? ToolEnding.TimedOut : ToolEnding.Stalled, new(-1, ""), exception);
        }
        catch (Win32Exception exception) when (exception.NativeErrorCode != NoSuchFile)
        {
            throw new ResourceUnavailableException(
                $"{request.Tool} cannot be started now: {exception.Message}", RepairDelay, countsAsAttempt: false, exception);
        }
        catch (Win32Exception exception)
        {
            throw Missing(request.Tool, exception);
        }
        finally
        {
            deadline.Stop();
            await watching.ConfigureAwait(false);
        }
    }

    private static void Take(ToolRequest request, StringBuilder messages, string text)
    {
        if (request.TakeErrorLine?.Invoke(text) == true || messages.Length >= KeptMessageCharacters) return;
        var said = Speaker().Replace(text, "", 1);
        messages.Append(said.AsSpan(0, Math.Min(said.Length, KeptMessageCharacters))).Append('\n');
    }

    private ToolResult Conclude(ToolRequest request, ToolEnding ending, ToolResult result, Exception? cause = null)
    {
        var (subject, tool) = (request.Subject, request.Tool);
        switch (ending)
        {
            case ToolEnding.Ended:
                suspects.Clear(request);
                budget.Ended(request);
                return result;
            case ToolEnding.OutOfMemory:
                throw new MediaRejectedException(
                    RejectionReason.TooLarge,
                    request.OutOfMemory ?? $"{subject} needs more than {_options.ToolMemoryBytes >> 20:N0} MiB of memory in {tool}; "
                    + "submit a smaller version or raise Extract:ToolMemoryBytes.");
            case ToolEnding.TimedOut:
                throw OnceMore(
                    request,
                    RejectionReason.TimedOut,
                    $"{subject} was not finished by {tool} within {request.Deadline.TotalSeconds:N0} s; submit a simpler version or "
                    + $"raise the deadline in Extract.",
                    cause);
            case ToolEnding.Crashed:
                throw OnceMore(
                    request,
                    RejectionReason.CorruptMedia,
                    $"{subject} makes {tool} crash (signal {ToolVerdict.Signal(result.ExitCode)}); submit an intact copy, or install a "
                    + $"newer {tool}.",
                    cause);
            case ToolEnding.Stalled:
                throw FromOutside(
                    request,
                    $"{tool} on {Inner(subject)} got no processor time for several times its deadline of "
                    + $"{request.Deadline.TotalSeconds:N0} s",
                    "check what the machine is busy with",
                    cause);
            case ToolEnding.Killed:
                throw FromOutside(
                    request,
                    $"{tool} was ended from outside ({How(result.ExitCode)}) while it worked on {Inner(subject)}",
                    "look at the system's log for its out-of-memory killer, and lower Extract:ToolMemoryBytes or give the machine more "
                    + "memory",
                    cause);
            case ToolEnding.DiskFull:
                throw new ResourceUnavailableException(
                    $"{tool} met a full disk ({FirstLine(result)}); free some space.", RepairDelay, countsAsAttempt: false);
            default:
                throw new ResourceUnavailableException(
                    $"{tool} does not run ({FirstLine(result)}); {ToolFolder.HowToInstall(tool)}", RepairDelay, countsAsAttempt: false);
        }
    }

    private Exception OnceMore(ToolRequest request, RejectionReason reason, string verdict, Exception? cause) =>
        request.HasFallback || suspects.IsSecondTime(request)
            ? new MediaRejectedException(reason, verdict, cause)
            : new ResourceUnavailableException($"{verdict} It is tried once more.", RetryDelay, cause: cause);

    private Exception FromOutside(ToolRequest request, string what, string advice, Exception? cause)
    {
        var (times, pause, isSpent) = budget.Spend(request);
        return isSpent
            ? new MediaRejectedException(
                RejectionReason.AttemptsExhausted, $"{what}, {times} times by now; {advice}, then retry it.", cause)
            : new ResourceUnavailableException(
                $"{what}; it is tried again. If this goes on, {advice}.", pause, countsAsAttempt: false, cause);
    }

    private static string How(int exitCode) => ToolVerdict.Signal(exitCode) is { } signal ? $"signal {signal}" : $"exit code {exitCode}";

    private static string Inner(string subject) =>
        subject.StartsWith("The ", StringComparison.Ordinal) || subject.StartsWith("Page ", StringComparison.Ordinal)
            ? char.ToLowerInvariant(subject[0]) + subject[1..]
            : subject;

    private static string FirstLine(ToolResult result) =>
        result.Messages.Length == 0 ? $"exit code {result.ExitCode}" : result.Messages.Split('\n')[0];

    private static ResourceUnavailableException Missing(string tool, Exception? cause = null) =>
        new(ToolFolder.HowToInstall(tool), TimeSpan.FromMinutes(5), countsAsAttempt: false, cause);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Tool} starts on {Subject}")]
        public static partial void Starts(ILogger logger, string tool, string subject);

        [LoggerMessage(Level = LogLevel.Debug, Message = "{Tool} on {Subject} ended with {ExitCode} after {Milliseconds} ms")]
        public static partial void Ran(ILogger logger, string tool, string subject, int exitCode, double milliseconds);
    }

    // The part of ffmpeg that speaks, with its place in memory: the same fault would be another each time.
    [GeneratedRegex(@"^\[[^\]]* @ 0x[0-9a-f]+\] ")]
    private static partial Regex Speaker();
}
