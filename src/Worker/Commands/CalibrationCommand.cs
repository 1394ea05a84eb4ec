using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Calibrations;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Worker.Confidence;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Reports;
using Spectre.Console;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>calibration</c>: what turns the signals of fields into probabilities, and how well it held.</summary>
internal static class CalibrationCommand
{
    public static Command Create() => new("calibration", "Shows the calibrations that 'eval <folder> --calibrate' has stored.")
    {
        List(),
        Show(),
    };

    private static Command List()
    {
        var command = new Command("list", "Lists the calibrations, the newest first.");
        return LedgerCommands.WithLedger(command, async (_, services, cancellationToken) =>
        {
            var stored = await services.GetRequiredService<Ledger>().Calibrations.ListAsync(cancellationToken);
            if (stored.Count == 0)
            {
                Console.WriteLine("There is no calibration: 'qwen35batch eval <folder> --calibrate' on the same --data stores one.");
                return 0;
            }

            var catalog = services.GetRequiredService<TaskCatalog>();
            var table = new Table().Border(TableBorder.Rounded)
                .AddColumns("id", "task", "model", "fields", "wrong", "AUC", "ECE", "state");
            foreach (var one in stored)
            {
                table.AddRow(
                    [
                        .. new[]
                        {
                            $"{one.Id}", $"{one.Task.Name}@{one.Task.Version}", one.Model, $"{one.Labels}", $"{one.Wrong}",
                            ReliabilityView.Auc(one.Auc), one.CalibrationError.ToString("0.0000", CultureInfo.InvariantCulture),
                            State(one, stored, catalog),
                        }.Select(text => new Text(text))
                    ]);
            }

            AnsiConsole.Write(table);
            return 0;
        });
    }

    private static Command Show()
    {
        var id = new Argument<long>("id") { Description = "The number that 'calibration list' shows." };
        var command = new Command("show", "Shows one calibration with its reliability on fields that it was not fitted to.") { id };
        return LedgerCommands.WithLedger(command, async (result, services, cancellationToken) =>
        {
            var wanted = result.GetValue(id);
            var all = await services.GetRequiredService<Ledger>().Calibrations.ListAsync(cancellationToken);
            var stored = all.FirstOrDefault(one => one.Id == wanted)
                ?? throw new CommandException($"There is no calibration {wanted}; 'qwen35batch calibration list' shows what there is.");
            CalibrationRecord record;
            try
            {
                record = CalibrationRecord.Read(stored);
            }
            catch (JsonException unreadable)
            {
                throw new CommandException(
                    $"The calibration {wanted} was written by another version of this program: {unreadable.Message}");
            }

            var fitted = stored.FittedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            Console.WriteLine(
                $"{stored.Name}, {State(stored, all, services.GetRequiredService<TaskCatalog>())}, fitted at {fitted} UTC, "
                    + $"precision {stored.Precision ?? "unknown"}.");
            var kinds = record.Curve.Kinds.OrderBy(kind => kind.Key).Select(kind => $"{kind.Key} ({kind.Value} labels)");
            Console.WriteLine($"Kinds: {string.Join(", ", kinds)}.");
            Console.WriteLine($"Bands: high {From(record.Curve.High)}, medium {From(record.Curve.Medium)}, low below.");
            ReliabilityView.Show(AnsiConsole.Console, record.Reliability);
            return 0;
        });
    }

    private static string From(double threshold) =>
        threshold > 1 ? "never" : $"from {threshold.ToString("0.0000", CultureInfo.InvariantCulture)}";

    private static string State(StoredCalibration one, IReadOnlyList<StoredCalibration> all, TaskCatalog catalog) =>
        all.Any(newer => newer.Id > one.Id && newer.Task == one.Task && newer.Model == one.Model) ? "replaced"
        : catalog.List().Any(task => task.Task == one.Task) ? "in use"
        : "of another version of the task";
}
