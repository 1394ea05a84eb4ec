using System.CommandLine;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Remote;

namespace Qwen35Batch.Worker.Commands.Arguments;

/// <summary>The option of commands that can ask a worker in the place of its ledger.</summary>
internal sealed class ServerArguments
{
    private readonly Option<string?> _server = new("--server")
    {
        Description = "A worker's address, such as http://127.0.0.1:5080; without it, the ledger itself is used. Server:KeyFile "
            + "(or QWEN35BATCH_Server__Key in the environment) has the key that it asks for.",
        HelpName = "url"
    };

    /// <summary>Gives a command its options, and its action the jobs of a worker or of the ledger.</summary>
    public static Command WithJobs(Command command, Func<ParseResult, IJobs, CancellationToken, Task<int>> action) =>
        WithWorker(command, (result, worker, cancellationToken) => action(result, worker.Jobs, cancellationToken));

    /// <summary>Gives a command its options, and its action all that can be reached in a worker, or in a ledger and its broker.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">What it does.</param>
    /// <param name="needsLedger">Whether it can do nothing without a ledger.</param>
    public static Command WithWorker(
        Command command, Func<ParseResult, WorkerAccess, CancellationToken, Task<int>> action, bool needsLedger = true)
    {
        var server = new ServerArguments();
        var host = new HostArguments();
        server.AddTo(command);
        host.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = server.Connect(host, result);
            if (client is not null) return await action(result, WorkerAccess.Through(client), cancellationToken);

            using var tools = WorkerComposition.BuildLedgerOnly(host.Read(result));
            if (needsLedger && await tools.Services.GetRequiredService<LedgerMigrator>().WhyNotReadyAsync(cancellationToken) is { } problem)
                throw new CommandException(problem);
            return await action(result, WorkerAccess.By(tools.Services), cancellationToken);
        });
        return command;
    }

    public void AddTo(Command command) => command.Add(_server);

    /// <returns>Null when no worker is named.</returns>
    /// <exception cref="SettingsException">The configuration has unknown keys or wrong values.</exception>
    public WorkerClient? Connect(HostArguments host, ParseResult result)
    {
        if (result.GetValue(_server) is not { } server) return null;
        using var configuration = new ConfigurationManager();
        ConfigurationSources.AddAll(configuration, host.Read(result));
        return WorkerClient.Connect(server, CheckedOptions.Read(configuration).Server);
    }
}
