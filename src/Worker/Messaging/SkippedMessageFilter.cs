using MassTransit;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>
/// Treats a message that no consumer here knows as one that failed: the error queue and the ledger then hold everything that was not
/// accepted. Throwing instead would lead past the error queue and back into the queue, without end.
/// </summary>
internal sealed class SkippedMessageFilter(IPipe<ExceptionReceiveContext> errors, TimeProvider time) : IFilter<ReceiveContext>
{
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) => errors.Send(new RefusedMessageContext(
        context,
        new SubmissionRefusedException("The message is of a type that is not received here; this queue takes SubmitJob."),
        time.GetUtcNow().UtcDateTime));

    public void Probe(ProbeContext context) => context.CreateFilterScope("skippedMessages");
}
