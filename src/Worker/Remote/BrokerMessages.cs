using Qwen35Batch.Worker.Messaging;

namespace Qwen35Batch.Worker.Remote;

/// <summary>The messages of the broker that the settings name.</summary>
internal sealed class BrokerMessages(FailedMessages messages) : IMessages
{
    public Task<IReadOnlyList<FailedMessage>> ListAsync(int most, CancellationToken cancellationToken) =>
        messages.ListAsync(most, cancellationToken);

    public Task<int> RedriveAsync(IReadOnlyCollection<string>? ids, CancellationToken cancellationToken) =>
        messages.RedriveAsync(ids, cancellationToken);
}
