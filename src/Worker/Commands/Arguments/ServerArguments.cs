using System.CommandLine;
using Qwen35Batch.Persistence;
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
    public static Command WithJobs(Command command, Func<ParseResult, IJobs, CancellationToken, Task<int>> action)
    {
        var server = new ServerArguments();
        var host = new HostArguments();
        server.AddTo(command);
        host.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = server.Connect(host, result);
            if (client is not null) return await action(result, new ServerJobs(client), cancellationToken);

            using var tools = WorkerComposition.BuildLedgerOnly(host.Read(result));
            if (await tools.Services.GetRequiredService<LedgerMigrator>().WhyNotReadyAsync(cancellationToken) is { } problem)
                throw new CommandException(problem);
            var jobs = new LedgerJobs(tools.Services.GetRequiredService<Ledger>(), tools.Services.GetRequiredService<LedgerProbe>());
            return await action(result, jobs, cancellationToken);
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
