using MassTransit;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Worker.Intake;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>Takes a job into the ledger and returns within milliseconds: the message is acknowledged long before the work begins.</summary>
internal sealed class SubmitJobConsumer(JobIntake intake, OutagePatience patience) : IConsumer<SubmitJob>
{
    public async Task Consume(ConsumeContext<SubmitJob> context)
    {
        var job = context.Message;
        using var activity = WorkerActivities.Start("Intake", job.JobId);
        var outcome = await patience.RunAsync(token => intake.FollowAsync(job, token), context.CancellationToken);

        if (outcome.Errors.TryGetValue(0, out var errors)) throw new SubmissionRefusedException(string.Join(" ", errors));
        if (outcome.Outcomes[0].Result == SubmitResult.Conflict)
        {
            throw new SubmissionRefusedException(
                $"jobId or dedupeKey: job {outcome.Outcomes[0].JobId} has the same and another source, task or options; choose another key "
                    + $"or the same content.");
        }
    }
}
