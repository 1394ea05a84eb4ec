using System.Net;
using System.Net.Sockets;
using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Http;

/// <summary>Where the worker listens.</summary>
internal static class ListenAddresses
{
    public static string[] Of(HttpOptions options) =>
        options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Asked before anything is started, since the server opens its addresses only when all else works already.</summary>
    /// <exception cref="CommandException">An address is none, or cannot be listened on now.</exception>
    public static void Check(HttpOptions options)
    {
        foreach (var address in Of(options))
        {
            var (host, port) = Parse(address);
            // Port 0 is any that is free; a host that is no address of this machine's is all of them, as for the server.
            if (port == 0) continue;
            var ip = host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                ? IPAddress.Loopback
                : IPAddress.TryParse(host.Trim('[', ']'), out var parsed) ? parsed : IPAddress.Any;
            try
            {
                using var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(ip, port));
            }
            catch (SocketException exception)
            {
                throw new CommandException($"'{address}' cannot be listened on: {exception.Message}. Choose another address with --urls.");
            }
        }
    }

    private static (string Host, int Port) Parse(string address)
    {
        try
        {
            var parsed = BindingAddress.Parse(address);
            if (parsed is { IsUnixPipe: false, IsNamedPipe: false, Port: <= IPEndPoint.MaxPort }) return (parsed.Host, parsed.Port);
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new CommandException($"--urls takes addresses such as http://127.0.0.1:5080; '{address}' is none.");
    }
}
