using System.Net;
using System.Net.Sockets;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Availability;

namespace Qwen35Batch.Worker.Tests.Processes;

/// <summary>Every command ends with the same code when the ledger cannot be used, and says why.</summary>
public sealed class LedgerAwayCommandTests : IDisposable
{
    private const int LedgerAway = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("qwen35batch-away-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("status")]
    [InlineData("cancel", "0199a1b2-0000-7000-8000-000000000001")]
    [InlineData("retry", "--failed")]
    [InlineData("export")]
    [InlineData("db", "migrate")]
    [InlineData("submit", "a.txt")]
    [InlineData("run", "a.txt")]
    public async Task A_server_that_does_not_answer(params string[] command)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "a.txt"), "Some words.", Cancellation);
        var (exitCode, output) = await RunAsync(command, $"Host=127.0.0.1;Port={ClosedPort()};Database=a;Username=b;Password=c;Timeout=5");

        Assert.True(exitCode == LedgerAway, output);
        Assert.StartsWith("The ledger cannot be used: ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_that_can_be_read_and_takes_nothing()
    {
        var server = await PostgresServer.StartAsync();
        if (server.SkipReason is { } reason) Assert.Skip(reason);
        await using (server)
        await using (var ledger = await BreakableLedger.CreateAsync(server))
        {
            var (made, log) = await RunAsync(["db", "migrate"], ledger.ConnectionString);
            await ledger.BreakAsync("25006");
            var (status, shown) = await RunAsync(["status"], ledger.ConnectionString);
            await ledger.MendAsync("25006");
            var (after, _) = await RunAsync(["status"], ledger.ConnectionString);

            Assert.True(made == 0, log);
            Assert.Equal((LedgerAway, 0), (status, after));
            Assert.Contains("Events to publish", shown, StringComparison.Ordinal);
            Assert.Contains("The ledger cannot be used: 25006: cannot execute", shown, StringComparison.Ordinal);
        }
    }

    private Task<(int ExitCode, string Output)> RunAsync(string[] command, string connectionString) => WorkerProcess.RunAsync(
        [
            .. command.Select(part => part == "a.txt" ? Path.Combine(_folder, part) : part),
            "--data", Path.Combine(_folder, "data"),
            "--set", "Engine:Kind=OpenAI", "--set", "Engine:BaseUrl=http://127.0.0.1:9/v1", "--set", "Engine:Model=x",
            "--set", "Ledger:Provider=PostgreSql", "--set", $"Ledger:ConnectionString={connectionString}",
        ]);

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
