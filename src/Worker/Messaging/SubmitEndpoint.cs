using MassTransit;
using MassTransit.Middleware;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>The queue that jobs come from: the same consumer and the same treatment of bad messages on both transports.</summary>
internal static class SubmitEndpoint
{
    /// <summary>
    /// How often the broker delivers a message that nobody finished: the default of RabbitMQ 4, written down because older brokers have
    /// none. A message at the limit goes to the dead queue instead of being dropped.
    /// </summary>
    private const int DeliveryLimit = 20;

    /// <summary>A broker that is silent for twice as long is reconnected to; the client's own 60 s would leave messages waiting.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    public static void AddInMemory(this IInMemoryBusFactoryConfigurator bus, IBusRegistrationContext context, BusOptions options) =>
        bus.ReceiveEndpoint(options.QueueName, endpoint => Configure(endpoint, context, options));

    public static void AddRabbitMq(this IRabbitMqBusFactoryConfigurator bus, IBusRegistrationContext context, BusOptions options)
    {
        bus.Host(options.Host, (ushort)options.Port, options.VirtualHost, host =>
        {
            host.Username(options.Username);
            host.Password(BrokerConnection.PasswordOf(options));
            host.Heartbeat(Heartbeat);
            if (options.UseTls) host.UseSsl(tls => tls.ServerName = options.Host);
        });
        bus.ReceiveEndpoint(options.QueueName, endpoint =>
        {
            endpoint.SetQuorumQueue();
            endpoint.SetQueueArgument("x-delivery-limit", DeliveryLimit);
            // Dead-lettering is at most once by default; at least once needs both of these.
            endpoint.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
            endpoint.SetQueueArgument("x-overflow", "reject-publish");
            var dead = $"{options.QueueName}_dead";
            endpoint.BindDeadLetterQueue(dead, dead, queue => queue.SetQueueArgument("x-queue-type", "quorum"));
            Configure(endpoint, context, options);
        });
    }

    private static void Configure(IReceiveEndpointConfigurator endpoint, IBusRegistrationContext context, BusOptions options)
    {
        endpoint.PrefetchCount = options.Prefetch;
        endpoint.ConcurrentMessageLimit = options.ConcurrentMessages;
        // Programs without MassTransit send plain JSON (application/json) with SubmitJob's fields.
        endpoint.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType);
        var time = context.GetRequiredService<TimeProvider>();
        var refused = context.GetRequiredService<RefusedMessageFilter>();
        var toErrorQueue = Pipe.New<ExceptionReceiveContext>(error =>
        {
            error.UseFilter(refused);
            error.UseFilter(new ErrorTransportFilter());
        });
        endpoint.ConfigureReceive(receive =>
        {
            receive.UseFilter(new MessageSizeFilter(options.MaxMessageBytes, toErrorQueue, time));
            receive.UseFilter(new SubmissionFilter(toErrorQueue, time));
        });
        endpoint.ConfigureDeadLetter(skipped => skipped.UseFilter(new SkippedMessageFilter(toErrorQueue, time)));
        endpoint.ConfigureError(error =>
        {
            error.UseFilter(refused);
            error.UseFilter(new GenerateFaultFilter());
            error.UseFilter(new ErrorTransportFilter());
        });
        endpoint.ConnectReceiveEndpointObserver(context.GetRequiredService<SubmitGate>());
        endpoint.ConfigureConsumer<SubmitJobConsumer>(context);
    }
}
