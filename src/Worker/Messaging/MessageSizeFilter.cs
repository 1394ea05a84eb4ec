using MassTransit;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>Refuses a message by its size before anything tries to read it.</summary>
internal sealed class MessageSizeFilter(int maxBytes) : IFilter<ReceiveContext>
{
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        if (context.Body.Length is { } length && length > maxBytes)
            throw new SubmissionRefusedException($"The message has {length:N0} bytes; at most {maxBytes:N0} are accepted. It carries a reference to the media, never the media itself.");
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("messageSize");
}
