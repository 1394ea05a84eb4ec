using System.Globalization;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Messaging;

namespace Qwen35Batch.Worker.Remote;

/// <summary>The messages of a worker's broker, through its HTTP interface.</summary>
internal sealed class ServerMessages(WorkerClient client) : IMessages
{
    public Task<IReadOnlyList<FailedMessage>> ListAsync(int most, CancellationToken cancellationToken)
    {
        var path = WorkerClient.Query("/messages/failed", ("count", most.ToString(CultureInfo.InvariantCulture)));
        return AskAsync<IReadOnlyList<FailedMessage>>(
            async () => await client.GetAsync<List<FailedMessage>>(path, cancellationToken) ?? []);
    }

    public Task<int> RedriveAsync(IReadOnlyCollection<string>? ids, CancellationToken cancellationToken)
    {
        var path = WorkerClient.Query("/messages/redrive", ids is null ? [("all", "true")] : [.. ids.Select(id => ("id", (string?)id))]);
        return AskAsync(async () => (await client.SendAsync<Sent>(HttpMethod.Post, path, null, cancellationToken)).Reply?.Redriven ?? 0);
    }

    /// <summary>What the worker cannot do now, it cannot do for want of its broker.</summary>
    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (LedgerUnavailableException away)
        {
            throw new BrokerUnavailableException(away.Message, away);
        }
    }

    private sealed record Sent(int Redriven);
}
