using System.Diagnostics;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Agents.Mcp;

/// <summary>A conversation with a server, and its process if it is ours.</summary>
internal sealed class McpConnection : IAsyncDisposable
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private readonly Process? _process;
    private readonly BoundedLines? _lines;

    private McpConnection(McpClient client, Process? process, BoundedLines? lines) => (Client, _process, _lines) = (client, process, lines);

    public McpClient Client { get; }

    /// <summary>The server sent a message that is longer than allowed.</summary>
    public bool IsExceeded => _lines?.IsExceeded ?? false;

    public bool IsAlive => !Client.Completion.IsCompleted && _process is not { HasExited: true };

    /// <exception cref="ToolFailedException">The program cannot be started.</exception>
    public static async Task<McpConnection> OpenAsync(
        string name, McpServerOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var client = new McpClientOptions
        {
            ClientInfo = new() { Name = "Qwen35Batch", Version = "1" },
            InitializationTimeout = options.Timeout,
            TimeProvider = time,
        };
        if (options.Url is { } url)
        {
            var transport = new HttpClientTransport(
                new()
                {
                    Endpoint = url,
                    Name = name,
                    AdditionalHeaders = options.ApiKey is { Length: > 0 } key
                        ? new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}" }
                        : null,
                },
                new HttpClient(new BoundedAnswers(options.MaxMessageBytes)) { Timeout = options.Timeout },
                loggerFactory: null,
                ownsHttpClient: true);
            try
            {
                return new(await McpClient.CreateAsync(transport, client, null, cancellationToken).ConfigureAwait(false), null, null);
            }
            catch
            {
                await transport.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }

        var process = await StartAsync(name, options).ConfigureAwait(false);
        try
        {
            var lines = new BoundedLines(process.StandardOutput.BaseStream, options.MaxMessageBytes);
            var transport = new StreamClientTransport(process.StandardInput.BaseStream, lines);
            return new(await McpClient.CreateAsync(transport, client, null, cancellationToken).ConfigureAwait(false), process, lines);
        }
        catch
        {
            await KillAsync(process).ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Client.DisposeAsync().AsTask().WaitAsync(Goodbye).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TimeoutException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It did not say goodbye.
        }

        if (_process is not null) await KillAsync(_process).ConfigureAwait(false);
    }

    private static async Task<Process> StartAsync(string name, McpServerOptions options)
    {
        var line = ChildLimits.WithParent(options.Command!, [.. options.Arguments]);
        var start = new ProcessStartInfo(line[0], line.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = options.Folder ?? "",
        };
        start.Environment.Clear();
        foreach (var (variable, value) in StdioClientTransportOptions.GetDefaultEnvironmentVariables()) start.Environment[variable] = value;
        foreach (var (variable, value) in options.Environment) start.Environment[variable] = value;
        try
        {
            var process = await ChildStarter.RunAsync(() => Process.Start(start)!).ConfigureAwait(false);
            // What it says there is read, or it would wait for a reader, and dropped.
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            return process;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or IOException)
        {
            throw new ToolFailedException(
                $"The MCP server '{name}' cannot be started: check Agent:Mcp:{name}:Command and Folder.", exception);
        }
    }

    private static async Task KillAsync(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync().WaitAsync(Goodbye).ConfigureAwait(false);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or TimeoutException)
        {
            // It has ended, or is about to.
        }

        process.Dispose();
    }
}
