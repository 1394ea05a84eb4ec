using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Qwen35Batch.TestServers;

/// <summary>
/// A RabbitMQ server for tests: the one that <c>QWEN35BATCH_TEST_RABBITMQ</c> names (<c>amqp://user:password@host:port/vhost</c>), else one
/// started from the installed programs in a temporary folder, once per test process.
/// </summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    /// <summary>The environment variable with the address of a server to use instead of an own one.</summary>
    public const string Variable = "QWEN35BATCH_TEST_RABBITMQ";

    private static readonly Lazy<Task<RabbitMqServer>> SharedServer = new(StartAsync);
    private static readonly byte[] ProtocolHeader = [.. "AMQP"u8, 0, 0, 9, 1];

    private readonly Uri? _address;
    private readonly ServerProcess? _process;
    private readonly string? _programs;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private int _virtualHosts;

    private RabbitMqServer(
        Uri? address, string? skipReason, ServerProcess? process, string? programs, IReadOnlyDictionary<string, string> environment)
    {
        _address = address;
        SkipReason = skipReason;
        _process = process;
        _programs = programs;
        _environment = environment;
    }

    /// <summary>Why there is no server, for <c>Assert.Skip</c>; null when there is one.</summary>
    public string? SkipReason { get; }

    /// <summary>Why <see cref="ControlAsync"/> cannot be used, for <c>Assert.Skip</c>; null when it can.</summary>
    public string? ControlSkipReason => SkipReason ?? (_process is null ? $"The server of {Variable} is not ours to control." : null);

    /// <summary>The server that this test process shares.</summary>
    /// <exception cref="InvalidOperationException">No server, and <c>CI=true</c>.</exception>
    public static Task<RabbitMqServer> SharedAsync() => SharedServer.Value;

    /// <summary>A server for one test alone, for tests that stop or break it.</summary>
    public static async Task<RabbitMqServer> StartAsync()
    {
        var nothing = new Dictionary<string, string>();
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return new(new(given), null, null, null, nothing);

        var programs = InstalledPrograms.FindFolder(
            "rabbitmqctl", "/usr/lib/rabbitmq/bin", "/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/opt/rabbitmq/sbin");
        if (programs is null || OperatingSystem.IsWindows())
        {
            return new(
                null,
                Availability.SkipUnlessCI($"RabbitMQ is not installed: install rabbitmq-server, or set {Variable} to an amqp address."),
                null,
                null,
                nothing);
        }

        var folder = Directory.CreateTempSubdirectory("qwen35batch-rabbitmq-").FullName;
        var port = ServerProcess.FreePort();
        await RabbitMqConfiguration.WriteAsync(folder, port);
        var environment = NodeEnvironment(folder, programs);
        var process = await ServerProcess.StartAsync(Script, folder, environment, token => AnswersAsync(port, token));
        return new(
            new($"amqp://{RabbitMqConfiguration.User}:{RabbitMqConfiguration.Password}@127.0.0.1:{port}/"),
            null,
            process,
            programs,
            environment);
    }

    /// <summary>
    /// An own virtual host with nothing in it; on a server of <see cref="Variable"/> that one's virtual host: use the queue prefix there.
    /// </summary>
    public RabbitMqVirtualHost NewVirtualHost()
    {
        var address = _address ?? throw new InvalidOperationException(SkipReason);
        var user = address.UserInfo.Split(':', 2);
        var name = _process is null ? Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/')) : NextVirtualHost();
        return new()
        {
            Host = address.Host,
            Port = address.Port > 0 ? address.Port : 5672,
            User = user is [{ Length: > 0 } given, ..] ? Uri.UnescapeDataString(given) : "guest",
            Password = user is [_, var password] ? Uri.UnescapeDataString(password) : "guest",
            VirtualHost = name is "" ? "/" : name,
            QueuePrefix = $"test-{Guid.NewGuid():N}-",
        };
    }

    /// <summary>Runs <c>rabbitmqctl</c>, such as <c>stop_app</c> and <c>start_app</c> to take the broker away and bring it back.</summary>
    public async Task ControlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (ControlSkipReason is { } reason)
            throw new InvalidOperationException(reason);

        var start = new ProcessStartInfo(Path.Combine(_programs!, "rabbitmqctl"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        using var control = Process.Start(start)!;
        var output = control.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = control.StandardError.ReadToEndAsync(cancellationToken);
        await control.WaitForExitAsync(cancellationToken);
        if (control.ExitCode != 0)
            throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)} failed:\n{await output}{await error}");
    }

    /// <summary>Stops the server, if it is an own one, and removes its folder.</summary>
    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private string NextVirtualHost()
    {
        var number = Interlocked.Increment(ref _virtualHosts);
        return number <= RabbitMqConfiguration.VirtualHosts
            ? RabbitMqConfiguration.VirtualHost(number)
            : throw new InvalidOperationException(
                $"Only {RabbitMqConfiguration.VirtualHosts} virtual hosts are prepared; raise the number.");
    }

    private static Dictionary<string, string> NodeEnvironment(string folder, string programs) => new()
    {
        ["programs"] = programs,
        ["HOME"] = folder,
        ["RABBITMQ_NODENAME"] = $"{Path.GetFileName(folder)}@localhost",
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(folder, "mnesia"),
        ["RABBITMQ_LOG_BASE"] = Path.Combine(folder, "log"),
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(folder, "rabbitmq"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(folder, "enabled_plugins"),
        ["RABBITMQ_DIST_PORT"] = ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture),
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        // An own port mapper: the usual one would stay behind.
        ["ERL_EPMD_PORT"] = ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture),
        // The wrapper then becomes the server, so that its process id is the server's.
        ["RUNNING_UNDER_SYSTEMD"] = "true",
    };

    private static async Task AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        await client.GetStream().WriteAsync(ProtocolHeader, cancellationToken);
        await client.GetStream().ReadExactlyAsync(new byte[1], cancellationToken);
    }

    private const string Script = """
        run() {
            epmd &
            mapper=$!
            "$programs/rabbitmq-server" &
            echo "$! $mapper" >"$folder/pids"
            wait $!
        }
        stop() {
            kill -KILL $(cat "$folder/pids")
        }
        """;
}
