using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Qwen35Batch.Worker.Stages;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>The bus. It carries submissions in and events out; it never carries the work.</summary>
internal static class MessagingRegistration
{
    public static IServiceCollection AddMessaging(this IServiceCollection services, BusOptions options)
    {
        services.AddSingleton<SubmitGate>();
        services.AddSingleton<OutagePatience>();
        services.AddSingleton<BrokerProbe>();
        services.AddSingleton<RefusedMessageFilter>();
        services.Replace(ServiceDescriptor.Singleton<IEventPublisher, BusEventPublisher>());
        // The host starts without its broker and stops without waiting for it.
        services.Configure<MassTransitHostOptions>(host =>
        {
            host.WaitUntilStarted = false;
            host.StopTimeout = TimeSpan.FromSeconds(10);
            host.ConsumerStopTimeout = TimeSpan.FromSeconds(5);
        });
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddConsumer<SubmitJobConsumer>();
            if (options.Transport == BusTransport.RabbitMq) bus.UsingRabbitMq((context, rabbit) => rabbit.AddRabbitMq(context, options));
            else bus.UsingInMemory((context, memory) => memory.AddInMemory(context, options));
        });
        return services;
    }
}
