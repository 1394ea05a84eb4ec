using System.CommandLine;
using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Http;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>serve</c>: the worker with its bus, schedules, HTTP interface and stage loops, until it is stopped.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var arguments = new HostArguments();
        var urls = new Option<string?>("--urls") { Description = "Where to listen. [default: http://127.0.0.1:5080]", HelpName = "urls" };
        var allow = new Option<string[]>("--allow")
        {
            Description = "A folder whose files may be submitted by path; may be repeated. Without it, and without Acquire:AllowedRoots, "
                + "no local file is read.",
            HelpName = "folder",
            DefaultValueFactory = _ => [],
        };
        var command = new Command(
            "serve", "Runs the worker: receives jobs from the bus and over HTTP, and works on them until it is stopped.") { urls, allow };
        arguments.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var settings = arguments.Read(result) with
            {
                Urls = result.GetValue(urls),
                AllowedRoots = result.GetValue(allow)!,
                OwnsDataFolder = true
            };
            await using var server = WorkerComposition.BuildServer(settings);
            ListenAddresses.Check(server.Services.GetRequiredService<IOptions<HttpOptions>>().Value);
            // A ledger on PostgreSQL is made for many workers.
            using var folder = server.Services.GetRequiredService<IOptions<LedgerOptions>>().Value.Provider == LedgerProvider.Sqlite
                ? DataFolderLock.Take(settings)
                : null;
            await server.RunAsync(cancellationToken);
            return Environment.ExitCode;
        });
        return command;
    }
}
