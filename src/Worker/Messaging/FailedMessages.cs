using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Signals;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>
/// The messages that were refused (<c>…_error</c>) or never finished (<c>…_dead</c>): looks at them where they lie, and sends them to the
/// queue of submissions again. A message leaves its place only after the broker has confirmed its copy: a crash between the two duplicates
/// it, which the intake finds, and never loses it.
/// </summary>
internal sealed class FailedMessages(IOptions<BusOptions> options)
{
    /// <summary>Brokers drop what was looked at often, as delivered without an end: from here on it is put back as a new message.</summary>
    private const int LooksBeforeRenewal = 8;

    private static readonly string[] Endings = ["_error", "_dead"];

    private static readonly CreateChannelOptions Confirmed =
        new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    /// <summary>Shows messages, the oldest of each queue first, and leaves them where they are.</summary>
    /// <exception cref="BrokerUnavailableException">There is no broker to ask.</exception>
    public Task<IReadOnlyList<FailedMessage>> ListAsync(int most, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<FailedMessage>>(async connection =>
        {
            var found = new List<FailedMessage>();
            foreach (var ending in Endings)
            {
                var queue = options.Value.QueueName + ending;
                await ForEachAsync(connection, queue, async (channel, message) =>
                {
                    if (found.Count >= most) return false;
                    found.Add(Described(queue, message));
                    if (Count(message, "x-delivery-count") >= LooksBeforeRenewal)
                        await MoveAsync(channel, message, queue, message.BasicProperties.Headers, cancellationToken);
                    return true;
                }, cancellationToken);
            }

            return found;
        }, cancellationToken);

    /// <summary>Sends messages to the queue of submissions again.</summary>
    /// <param name="ids">Which, by <see cref="FailedMessage.Id"/>; null for all that lie there now.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    /// <returns>How many were sent.</returns>
    /// <exception cref="BrokerUnavailableException">There is no broker to ask.</exception>
    public Task<int> RedriveAsync(IReadOnlyCollection<string>? ids, CancellationToken cancellationToken) =>
        AskAsync(async connection =>
        {
            var sent = 0;
            foreach (var ending in Endings)
            {
                await ForEachAsync(connection, options.Value.QueueName + ending, async (channel, message) =>
                {
                    if (ids?.Contains(IdOf(message), StringComparer.OrdinalIgnoreCase) == false) return true;
                    var headers = WithoutHistory(message.BasicProperties.Headers);
                    await MoveAsync(channel, message, options.Value.QueueName, headers, cancellationToken);
                    sent++;
                    return true;
                }, cancellationToken);
            }

            return sent;
        }, cancellationToken);

    private async Task<T> AskAsync<T>(Func<IConnection, Task<T>> ask, CancellationToken cancellationToken)
    {
        var bus = options.Value;
        if (bus.Transport != BusTransport.RabbitMq)
            throw new BrokerUnavailableException("Bus:Transport is InMemory: messages of a bus in memory do not outlive its process.");

        try
        {
            await using var connection = await BrokerConnection.OpenAsync(bus, "qwen35batch messages", cancellationToken);
            return await ask(connection);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested
            && exception is BrokerUnreachableException or OperationInterruptedException or AlreadyClosedException or PublishException
                or IOException or TimeoutException or OperationCanceledException)
        {
            throw new BrokerUnavailableException(
                $"The broker at {bus.Host}:{bus.Port} cannot be used: {exception.GetBaseException().Message}", exception);
        }
    }

    /// <summary>Takes every message that lies in a queue now; what is not moved goes back when the channel closes.</summary>
    private static async Task ForEachAsync(
        IConnection connection, string queue, Func<IChannel, BasicGetResult, Task<bool>> take, CancellationToken cancellationToken)
    {
        if (await LengthAsync(connection, queue, cancellationToken) is not { } length) return;

        await using var channel = await connection.CreateChannelAsync(Confirmed, cancellationToken);
        // No more than were there: what is sent again may come back while this goes on.
        for (var number = 0u; number < length; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await channel.BasicGetAsync(queue, autoAck: false, cancellationToken) is not { } message) return;
            if (!await take(channel, message)) return;
        }
    }

    /// <summary>Null when there is no such queue: nothing was ever put there.</summary>
    private static async Task<uint?> LengthAsync(IConnection connection, string queue, CancellationToken cancellationToken)
    {
        // Asking for a queue that is not there closes the channel.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).MessageCount;
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return null;
        }
    }

    private static async Task MoveAsync(
        IChannel channel, BasicGetResult message, string queue, IDictionary<string, object?>? headers, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties(message.BasicProperties) { Headers = headers, Persistent = true };
        properties.ClearExpiration();
        await channel.BasicPublishAsync("", queue, mandatory: true, properties, message.Body, cancellationToken);
        Failpoint.Reach(Failpoint.AfterRedrive);
        await channel.BasicAckAsync(message.DeliveryTag, multiple: false, cancellationToken);
    }

    /// <summary>What the broker and the bus have noted about earlier deliveries.</summary>
    private static Dictionary<string, object?> WithoutHistory(IDictionary<string, object?>? headers) =>
        (headers ?? new Dictionary<string, object?>())
        .Where(header => !header.Key.StartsWith("MT-", StringComparison.OrdinalIgnoreCase)
            && !header.Key.StartsWith("x-", StringComparison.OrdinalIgnoreCase))
        .ToDictionary(StringComparer.Ordinal);

    private FailedMessage Described(string queue, BasicGetResult message) => new(
        IdOf(message),
        queue,
        Text(message, "MT-Fault-Message")
            ?? (queue == options.Value.QueueName + Endings[0]
                ? "It was refused, without a reason."
                : "It was delivered again and again, and no worker finished it."),
        message.BasicProperties.IsTimestampPresent()
            ? DateTimeOffset.FromUnixTimeSeconds(message.BasicProperties.Timestamp.UnixTime)
            : null,
        Encoding.UTF8.GetString(message.Body.Span));

    private static string IdOf(BasicGetResult message) => message.BasicProperties.MessageId is { Length: > 0 } id
        ? id
        : $"body:{Convert.ToHexStringLower(SHA256.HashData(message.Body.Span))[..16]}";

    private static string? Text(BasicGetResult message, string header) => Header(message, header) switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        string text => text,
        _ => null,
    };

    private static long Count(BasicGetResult message, string header) =>
        Header(message, header) is IConvertible number and not string ? number.ToInt64(CultureInfo.InvariantCulture) : 0;

    private static object? Header(BasicGetResult message, string name) =>
        message.BasicProperties.Headers is { } headers && headers.TryGetValue(name, out var value) ? value : null;
}
