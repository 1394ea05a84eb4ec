using RabbitMQ.Client;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>A connection to the broker beside the bus' own, for what no consumer does.</summary>
internal static class BrokerConnection
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Task<IConnection> OpenAsync(BusOptions options, string name, CancellationToken cancellationToken) =>
        new ConnectionFactory
        {
            HostName = options.Host,
            Port = options.Port,
            VirtualHost = options.VirtualHost,
            UserName = options.Username,
            Password = PasswordOf(options),
            Ssl = new() { Enabled = options.UseTls, ServerName = options.Host },
            ClientProvidedName = name,
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = Patience,
            ContinuationTimeout = Patience,
            RequestedHeartbeat = Heartbeat,
        }.CreateConnectionAsync(cancellationToken);

    public static string PasswordOf(BusOptions options) =>
        options.PasswordFile is { Length: > 0 } file
            ? File.ReadAllText(file).Trim()
            : options.Password ?? (options.Username == "guest" ? "guest" : "");
}
