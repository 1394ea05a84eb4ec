using System.CommandLine;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Hosting;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>db migrate</c>.</summary>
internal static class DatabaseCommand
{
    public static Command Create()
    {
        var host = new HostArguments();
        var migrate = new Command("migrate", "Creates the ledger's database or brings it up to date.");
        host.AddTo(migrate);
        migrate.SetAction(async (result, cancellationToken) =>
        {
            using var tools = WorkerComposition.BuildLedgerOnly(host.Read(result));
            var applied = await tools.Services.GetRequiredService<LedgerMigrator>().MigrateAsync(cancellationToken);
            Console.WriteLine(applied.Count == 0 ? "The ledger is up to date." : $"Applied {string.Join(", ", applied)}.");
            return 0;
        });
        return new Command("db", "Looks after the ledger's database.") { migrate };
    }
}
