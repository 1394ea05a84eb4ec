using System.ComponentModel;
using System.Text;
using CliWrap;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>
/// Runs ffmpeg and poppler: arguments as a list, both outputs drained, a deadline that kills the process tree, and limits on
/// memory and CPU time.
/// </summary>
internal sealed partial class ToolRunner(IOptions<ExtractOptions> options, TimeProvider time, ILogger<ToolRunner> logger)
{
    private const int KeptMessageCharacters = 4_000;
    private const int Killed = 128 + 9;
    private const int OutOfCpuTime = 128 + 24;
    private static readonly string[] MemoryMessages = ["Cannot allocate memory", "out of memory", "Out of memory", "bad_alloc"];

    private readonly ExtractOptions _options = options.Value;

    /// <summary>Runs a tool to its end.</summary>
    /// <exception cref="MediaRejectedException">It took longer, or more memory, than allowed.</exception>
    /// <exception cref="ResourceUnavailableException">The tool is missing.</exception>
    public async Task<ToolResult> RunAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var program = ToolFolder.Find(request.Tool, _options.ToolFolder) ?? throw Missing(request.Tool);
        var line = ChildLimits.Wrap(program, request.Arguments, _options.ToolMemoryBytes, request.Deadline * _options.ToolThreads);
        var messages = new StringBuilder();
        using var deadline = new CancellationTokenSource(request.Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var command = Cli.Wrap(line[0])
            .WithArguments(line.Skip(1))
            .WithValidation(CommandResultValidation.None)
            .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C.UTF-8").Set("AV_LOG_FORCE_NOCOLOR", "1"))
            .WithStandardInputPipe(request.Input)
            .WithStandardOutputPipe(request.Output)
            .WithStandardErrorPipe(PipeTarget.ToDelegate(text => Take(request, messages, text)));
        try
        {
            var running = await ChildStarter.RunAsync(() => command.ExecuteAsync(either.Token)).ConfigureAwait(false);
            var result = await running.Task.ConfigureAwait(false);
            Log.Ran(logger, request.Tool, request.Subject, result.ExitCode, result.RunTime.TotalMilliseconds);
            return Judge(request, new(result.ExitCode, messages.ToString().Trim()));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw TimedOut(request, exception);
        }
        catch (Win32Exception exception)
        {
            throw Missing(request.Tool, exception);
        }
    }

    private static void Take(ToolRequest request, StringBuilder messages, string text)
    {
        if (request.TakeErrorLine?.Invoke(text) != true && messages.Length < KeptMessageCharacters)
            messages.Append(text.AsSpan(0, Math.Min(text.Length, KeptMessageCharacters))).Append('\n');
    }

    private ToolResult Judge(ToolRequest request, ToolResult result)
    {
        if (result.ExitCode == OutOfCpuTime)
            throw TimedOut(request, cause: null);
        if (result.ExitCode != 0
            && (result.ExitCode == Killed || MemoryMessages.Any(message => result.Messages.Contains(message, StringComparison.Ordinal))))
        {
            throw new MediaRejectedException(
                RejectionReason.TooLarge,
                $"{request.Subject} needs more than {_options.ToolMemoryBytes >> 20:N0} MiB of memory in {request.Tool}; "
                + "submit a smaller version or raise Extract:ToolMemoryBytes.");
        }

        return result;
    }

    private static MediaRejectedException TimedOut(ToolRequest request, Exception? cause) => new(
        RejectionReason.TimedOut,
        $"{request.Subject} was not finished by {request.Tool} within {request.Deadline.TotalSeconds:N0} s; submit a simpler version or raise the deadline in Extract.",
        cause);

    private static ResourceUnavailableException Missing(string tool, Exception? cause = null) =>
        new(ToolFolder.HowToInstall(tool), TimeSpan.FromMinutes(5), countsAsAttempt: false, cause);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Tool} on {Subject} ended with {ExitCode} after {Milliseconds} ms")]
        public static partial void Ran(ILogger logger, string tool, string subject, int exitCode, double milliseconds);
    }
}
