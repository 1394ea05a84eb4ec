using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Qwen35Batch.Pipeline.Tests.Acquire;

/// <summary>An HTTP server on a free loopback port that answers with what a test writes, byte by byte if need be, and counts.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, Stream, CancellationToken, Task> _answer;
    private readonly Task _loop;
    private int _hits;

    /// <param name="answer">Gets the requested path and the connection.</param>
    public LoopbackServer(Func<string, Stream, CancellationToken, Task>? answer = null)
    {
        _answer = answer ?? ((_, stream, token) => WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", token));
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>Connections that arrived.</summary>
    public int Hits => Volatile.Read(ref _hits);

    public static Task WriteAsync(Stream stream, string text, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _hits);
                connections.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var request = new StringBuilder();
                var block = new byte[4096];
                while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    var read = await stream.ReadAsync(block, _stop.Token);
                    if (read == 0)
                        return;
                    request.Append(Encoding.Latin1.GetString(block, 0, read));
                }

                await _answer(request.ToString().Split(' ')[1], stream, _stop.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
            }
        }
    }
}
