using MassTransit;
using MassTransit.Context;
using MassTransit.Events;
using MassTransit.Serialization;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>A message that was refused without a consumer, in the form in which the error queue takes messages.</summary>
internal sealed class RefusedMessageContext : ReceiveContextProxy, ExceptionReceiveContext
{
    public RefusedMessageContext(ReceiveContext context, Exception reason, DateTime now)
        : base(context)
    {
        Exception = reason;
        ExceptionTimestamp = now;
        ExceptionInfo = new FaultExceptionInfo(reason);
        var headers = new DictionarySendHeaders();
        headers.Set(MessageHeaders.Reason, "fault");
        headers.Set(MessageHeaders.FaultMessage, reason.Message);
        ExceptionHeaders = headers;
    }

    public Exception Exception { get; }

    public DateTime ExceptionTimestamp { get; }

    public ExceptionInfo ExceptionInfo { get; }

    public SendHeaders ExceptionHeaders { get; }
}
