using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Pipeline.Viewing;
using Qwen35Batch.Worker.Messaging;
using Qwen35Batch.Worker.Reviews;

namespace Qwen35Batch.Worker.Remote;

/// <summary>All that commands reach in a ledger and its broker, or through a worker.</summary>
internal sealed record WorkerAccess(IJobs Jobs, IInsights Insights, IMessages Messages)
{
    /// <summary>Through a worker.</summary>
    public static WorkerAccess Through(WorkerClient client) => new(
        new ServerJobs(client), new ServerInsights(client), new ServerMessages(client));

    /// <summary>By the services of a host that has a ledger.</summary>
    public static WorkerAccess By(IServiceProvider services)
    {
        var ledger = services.GetRequiredService<Ledger>();
        return new(
            new LedgerJobs(ledger, services.GetRequiredService<LedgerProbe>()),
            new LedgerInsights(
                ledger, services.GetRequiredService<MediaViewer>(), services.GetRequiredService<AnswerSchemas>(),
                services.GetRequiredService<InsightReviewing>()),
            new BrokerMessages(services.GetRequiredService<FailedMessages>()));
    }
}
