using System.CommandLine;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Remote;
using Qwen35Batch.Worker.Reports;
using Qwen35Batch.Worker.Run;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>messages list</c> and <c>messages redrive</c>: what lies beside the queue of submissions.</summary>
internal static class MessagesCommand
{
    private const int Most = 1_000;

    public static Command Create() =>
        new("messages", "Shows messages that were refused or never finished, and sends them again.") { List(), Redrive() };

    private static Command List()
    {
        var count = new Option<int>("--count")
        {
            Description = $"The largest number of messages, up to {Most:N0}.",
            HelpName = "number",
            DefaultValueFactory = _ => 100
        };
        var command = new Command("list", "Lists the messages in the queues …_error and …_dead, each with its reason.") { count };
        return WithMessages(command, async (result, messages, cancellationToken) =>
        {
            FailedMessagesView.Show(
                OutputArguments.Plain(result).Out,
                await messages.ListAsync(Math.Clamp(result.GetValue(count), 1, Most), cancellationToken));
            return ExitCode.Completed;
        });
    }

    private static Command Redrive()
    {
        var id = new Option<string[]>("--id")
        {
            Description = "A message, as 'messages list' names it; may be repeated.",
            HelpName = "id",
            DefaultValueFactory = _ => []
        };
        var all = new Option<bool>("--all") { Description = "All messages that lie there now." };
        var command = new Command("redrive", "Sends messages to the queue of submissions again.") { id, all };
        return WithMessages(command, async (result, messages, cancellationToken) =>
        {
            var ids = result.GetValue(id)!;
            if (ids.Length > 0 == result.GetValue(all)) throw new CommandException("Say which: --id <id>, or --all for all messages.");

            var sent = await messages.RedriveAsync(ids.Length > 0 ? ids : null, cancellationToken);
            OutputArguments.Plain(result).Out.WriteLine($"{sent} sent again.");
            return sent < ids.Length ? ExitCode.Incomplete : ExitCode.Completed;
        });
    }

    private static Command WithMessages(Command command, Func<ParseResult, IMessages, CancellationToken, Task<int>> action) =>
        ServerArguments.WithWorker(
            command, (result, worker, cancellationToken) => action(result, worker.Messages, cancellationToken), needsLedger: false);
}
