using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Qwen35Batch.TestServers;

/// <summary>
/// A server in a folder of its own, held by a shell that waits for the end of its input. The input ends when this object is disposed and
/// also when this process is killed: then the shell stops the server and removes the folder.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StartTimeout = Hang.Limit;

    private readonly Process _shell;
    private readonly string _folder;

    private ServerProcess(Process shell, string folder)
    {
        _shell = shell;
        _folder = folder;
    }

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="script">Shell text with two functions: <c>run</c> starts the server in the foreground, <c>stop</c> ends it.</param>
    /// <param name="folder">The server's folder; the script's working folder and <c>$folder</c>; removed at the end.</param>
    /// <param name="environment">Variables for the script.</param>
    /// <param name="answers">Whether the server answers; an exception means not yet.</param>
    public static async Task<ServerProcess> StartAsync(
        string script, string folder, IReadOnlyDictionary<string, string> environment, Func<CancellationToken, Task> answers)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
            ArgumentList =
            {
                "-c",
                Shell.ReplaceLineEndings("\n").Replace("@script@", script.ReplaceLineEndings("\n"), StringComparison.Ordinal)
            },
        };
        start.Environment["folder"] = folder;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var server = new ServerProcess(Process.Start(start)!, folder);
        try
        {
            await server.WaitUntilItAnswersAsync(answers);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A loopback port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private async Task WaitUntilItAnswersAsync(Func<CancellationToken, Task> answers)
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        while (true)
        {
            try
            {
                await answers(timeout.Token);
                return;
            }
            catch (Exception notYet)
            {
                if (timeout.IsCancellationRequested || File.Exists(Path.Combine(_folder, "ended")))
                    throw new InvalidOperationException($"The test server did not start. Its log:\n{ReadLog()}", notYet);
            }
            await Task.Delay(ProbePause, CancellationToken.None);
        }
    }

    private string ReadLog()
    {
        var log = Path.Combine(_folder, "server.log");
        return File.Exists(log) ? File.ReadAllText(log) : "(no log)";
    }

    // The output goes to a file: a pipe would keep the caller of the tests waiting for the server's end. Ctrl-C reaches the whole process
    // group and must not end the shell before it has stopped the server. A server that is still starting may not be stoppable yet, and one
    // that is ending may still write: repeat.
    private const string Shell = """
        exec >"$folder/server.log" 2>&1
        trap : HUP INT TERM
        PATH="$PATH:/usr/sbin:/sbin"
        @script@
        { trap : HUP INT TERM; run; touch "$folder/ended"; } &
        job=$!
        cat >/dev/null
        while stop; sleep 0.1; kill -0 $job 2>/dev/null; do :; done
        cd /
        until rm -rf "$folder"; do sleep 0.1; done
        """;
}
