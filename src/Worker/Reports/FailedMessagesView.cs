using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Messaging;

namespace Qwen35Batch.Worker.Reports;

/// <summary>Messages that were refused or never finished, line by line, so that an id can be copied whole.</summary>
internal static class FailedMessagesView
{
    private const int BodyShown = 200;

    public static void Show(TextWriter output, IReadOnlyList<FailedMessage> messages)
    {
        if (messages.Count == 0) output.WriteLine("No message was refused or left undelivered.");
        foreach (var message in messages)
        {
            var sent = message.SentAt is { } at ? $", sent {at:yyyy-MM-dd HH:mm:ss} UTC" : "";
            output.WriteLine($"{Printable.Start(message.Id, BodyShown)} in {message.Queue}{sent}");
            output.WriteLine($"  {Printable.Text(message.Reason)}");
            output.WriteLine($"  {Printable.Start(message.Body, BodyShown)}");
        }
    }
}
