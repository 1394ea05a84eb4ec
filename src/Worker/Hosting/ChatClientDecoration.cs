using Microsoft.Extensions.AI;

namespace Qwen35Batch.Worker.Hosting;

/// <summary>Puts something around the model that the engine registered.</summary>
internal static class ChatClientDecoration
{
    /// <param name="services">With an <see cref="IChatClient"/>.</param>
    /// <param name="around">Gives the client that stands around the one it gets.</param>
    public static IServiceCollection DecorateChatClient(
        this IServiceCollection services, Func<IServiceProvider, IChatClient, IChatClient> around)
    {
        var inner = services.Last(service => service.ServiceType == typeof(IChatClient));
        services.Remove(inner);
        return services.AddSingleton(provider => around(
            provider,
            (IChatClient)(inner.ImplementationInstance
                ?? inner.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!))));
    }
}
