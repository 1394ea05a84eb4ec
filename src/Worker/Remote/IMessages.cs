using Qwen35Batch.Worker.Messaging;

namespace Qwen35Batch.Worker.Remote;

/// <summary>The messages that lie beside the queue of submissions, at the broker or through a worker.</summary>
internal interface IMessages
{
    /// <summary>Some of them, the oldest of each queue first.</summary>
    /// <exception cref="BrokerUnavailableException">There is no broker to ask.</exception>
    Task<IReadOnlyList<FailedMessage>> ListAsync(int most, CancellationToken cancellationToken);

    /// <summary>Sends messages again.</summary>
    /// <param name="ids">Which; null for all.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    /// <returns>How many were sent.</returns>
    /// <exception cref="BrokerUnavailableException">There is no broker to ask.</exception>
    Task<int> RedriveAsync(IReadOnlyCollection<string>? ids, CancellationToken cancellationToken);
}
