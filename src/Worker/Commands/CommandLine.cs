using System.CommandLine;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Commands;

/// <summary>All commands, and how a command that cannot do its work says so: sentences on the error stream and an exit code.</summary>
internal static class CommandLine
{
    /// <param name="arguments">As they were typed.</param>
    /// <param name="output">In the place of the standard output; commands that have no options for it write to that all the same.</param>
    /// <param name="error">In the place of the error stream.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter? output = null, TextWriter? error = null)
    {
        var root = new RootCommand("Turns images, videos, sound and documents into structured insights with Qwen3.5.")
        {
            RunCommand.Create(),
            ServeCommand.Create(),
            SubmitCommand.Create(),
            LedgerCommands.Status(),
            LedgerCommands.Cancel(),
            LedgerCommands.Retry(),
            LedgerCommands.Export(),
            SearchCommand.Create(),
            ReviewCommand.Create(),
            PurgeCommand.Create(),
            MessagesCommand.Create(),
            CorpusCommand.Create(),
            TasksCommand.Create(),
            VocabularyCommand.Create(),
            ModelCommand.Create(),
            BenchCommand.Create(),
            DevicesCommand.Create(),
            EvalCommand.Create(),
            CalibrationCommand.Create(),
            DatabaseCommand.Create(),
        };
        // The host handles stop signals itself: it needs longer than the two seconds that the parser would give it.
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        if (output is not null) invocation.Output = output;
        if (error is not null) invocation.Error = error;
        try
        {
            var parsed = root.Parse(arguments);
            if (WrongValue.Find(parsed) is { } wrong) throw new CommandException(wrong);
            return await parsed.InvokeAsync(invocation, CancellationToken.None);
        }
        catch (Exception exception)
        {
            foreach (var sentence in StartFailure.Explain(exception)) await invocation.Error.WriteLineAsync(sentence);
            return StartFailure.ExitCodeOf(exception);
        }
    }
}
