using MassTransit;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>Refuses a message by its size before anything tries to read it.</summary>
/// <param name="maxBytes">The largest message.</param>
/// <param name="errors">Leads to the error queue. Throwing here would lead back into the queue, without end.</param>
/// <param name="time">The clock.</param>
internal sealed class MessageSizeFilter(int maxBytes, IPipe<ExceptionReceiveContext> errors, TimeProvider time) : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        if (context.Body.Length is not { } length || length <= maxBytes)
        {
            await next.Send(context);
            return;
        }

        var reason = new SubmissionRefusedException(
            $"The message has {length:N0} bytes; at most {maxBytes:N0} are accepted. It carries a reference to the media, never the media "
                + $"itself.");
        await errors.Send(new RefusedMessageContext(context, reason, time.GetUtcNow().UtcDateTime));
        // Without this the message would count as skipped, and be refused a second time.
        await context.NotifyFaulted(reason);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("messageSize");
}
