using System.Globalization;
using System.Runtime.Serialization;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>
/// Stands before the move to the error queue, where every message passes that cannot be read, is of another type, or was refused: writes
/// its row with the reason. A message that only met a ledger that is away is not moved but goes back to its queue.
/// </summary>
internal sealed partial class RefusedMessageFilter(
    SubmissionLedger submissions, OutagePatience patience, WorkerMetrics metrics, IOptions<BusOptions> options,
    ILogger<RefusedMessageFilter> logger)
    : IFilter<ExceptionReceiveContext>
{
    private const int LongestBodyKept = 1024 * 1024;

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (context.Exception.GetBaseException() is OperationCanceledException || Find<LedgerAwayException>(context.Exception) is not null)
            throw new LedgerAwayException(options.Value.OutageHold, context.Exception);

        var reason = ReasonOf(context.Exception);
        var message = Describe(context, reason);
        await patience.RunAsync(token => StoreAsync(message, token), context.CancellationToken);
        Log.Refused(logger, message.MessageId, reason);
        metrics.MessageRefused();
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("refusedMessages");

    private async Task<bool> StoreAsync(RejectedMessage message, CancellationToken cancellationToken)
    {
        await submissions.RecordRejectedMessageAsync(message, cancellationToken);
        return true;
    }

    private static RejectedMessage Describe(ExceptionReceiveContext context, string reason) => new()
    {
        MessageId = context.GetMessageId()?.ToString(),
        Reason = reason,
        Body = Start(context.Body.GetBytes()),
        Headers = context.TransportHeaders.GetAll().ToDictionary(
            header => header.Key,
            header => Convert.ToString(header.Value, CultureInfo.InvariantCulture) ?? "",
            StringComparer.Ordinal),
    };

    private static ReadOnlyMemory<byte> Start(byte[] body) => body.AsMemory(0, Math.Min(body.Length, LongestBodyKept));

    private static string ReasonOf(Exception exception)
    {
        if (Find<SubmissionRefusedException>(exception) is { } refused) return refused.Message;
        if ((Find<SerializationException>(exception) ?? (Exception?)Find<JsonException>(exception)) is { } unreadable)
            return $"The message cannot be read as SubmitJob: {unreadable.GetBaseException().Message}";
        return string.Create(
            CultureInfo.InvariantCulture, $"{exception.GetBaseException().GetType().Name}: {exception.GetBaseException().Message}");
    }

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found) return found;
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Warning, "Message {MessageId} was refused and moved to the error queue: {Reason}")]
        public static partial void Refused(ILogger logger, string? messageId, string reason);
    }
}
