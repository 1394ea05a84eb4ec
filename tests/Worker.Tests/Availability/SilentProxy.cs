using System.Net;
using System.Net.Sockets;

namespace Qwen35Batch.Worker.Tests.Availability;

/// <summary>
/// A network between a worker and a server. While it is silent, connections stay open and new ones are taken, and nothing comes through.
/// </summary>
internal sealed class SilentProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private TaskCompletionSource _speaks = new();

    public SilentProxy(int target)
    {
        _target = target;
        _speaks.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Silence() => Volatile.Write(ref _speaks, new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>What was held back comes through now.</summary>
    public void Speak() => Volatile.Read(ref _speaks).TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true) _ = ForwardAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            // One end closed, the other follows.
            await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[16 * 1024];
        while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
        {
            await Volatile.Read(ref _speaks).Task.WaitAsync(_stop.Token);
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
