using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Persistence.Outbox;

/// <summary>
/// Events that wait to be published. One method is one operation and one commit; every method may be repeated without harm.
/// </summary>
public sealed class OutboxLedger
{
    private readonly OutboxRelay _relay;

    internal OutboxLedger(LedgerDatabase database) => _relay = new(database);

    /// <summary>
    /// Publishes events that were not sent yet, oldest first. Many relays may run at once. An event is published at least once: again when
    /// this process dies before it is marked as sent.
    /// </summary>
    /// <param name="publish">Publishes one event; returns when the broker has confirmed it.</param>
    /// <param name="max">The largest number of events.</param>
    /// <param name="lease">How long the events wait for another relay when this process dies; after half of it, no more of them are
    /// sent.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The number of events published.</returns>
    public Task<int> RelayAsync(
        Func<OutboxMessage, CancellationToken, Task> publish, int max, TimeSpan lease, CancellationToken cancellationToken) =>
        _relay.RelayAsync(publish, max, lease, cancellationToken);
}
