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
    private const string InUse = "in use";
    private const string Bundled = "bundled";

    public static Command Create() => new(
        "calibration", "Shows the calibrations that 'eval <folder> --calibrate' has stored, and those that came with the model.")
    {
        List(),
        Show(),
        Export(),
        Apply(),
    };

    private static Command List()
    {
        var command = new Command("list", "Lists the calibrations: those of the ledger, the newest first, then those of the model.");
        return LedgerCommands.WithLedger(command, async (_, services, cancellationToken) =>
        {
            var stored = await AllAsync(services, cancellationToken);
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
                            Id(one), $"{one.Task.Name}@{one.Task.Version}", one.Model, $"{one.Labels}", $"{one.Wrong}",
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
        var id = new Argument<string>("id") { Description = "The number that 'calibration list' shows." };
        var command = new Command("show", "Shows one calibration with its reliability on fields that it was not fitted to.") { id };
        return LedgerCommands.WithLedger(command, async (result, services, cancellationToken) =>
        {
            var wanted = result.GetValue(id);
            var all = await AllAsync(services, cancellationToken);
            var stored = all.FirstOrDefault(one => Id(one) == wanted)
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

    private static Command Export()
    {
        var file = new Argument<FileInfo>("file")
        {
            Description = $"The file to write. As {BundledCalibrations.FileName} in a model's folder it holds wherever that model is used.",
        };
        var command = new Command("export", "Writes the ledger's calibrations that are in use to a file.") { file };
        return LedgerCommands.WithLedger(command, async (result, services, cancellationToken) =>
        {
            var all = await services.GetRequiredService<Ledger>().Calibrations.ListAsync(cancellationToken);
            var catalog = services.GetRequiredService<TaskCatalog>();
            var used = all.Where(one => State(one, all, catalog) == InUse).OrderBy(one => one.Task.Name, StringComparer.Ordinal).ToList();
            if (used.Count == 0)
            {
                throw new CommandException(
                    "No calibration of this ledger is in use: 'qwen35batch eval <folder> --calibrate' on the same --data stores one.");
            }

            BundledCalibrations.Write(result.GetValue(file)!.FullName, used);
            Console.WriteLine($"{used.Count} calibrations are in {result.GetValue(file)!.FullName}.");
            return 0;
        });
    }

    private static Command Apply()
    {
        var command = new Command(
            "apply",
            "Gives insights that are stored already the probabilities of the calibrations in use, from the signals stored with them.");
        return LedgerCommands.WithLedger(command, async (_, services, cancellationToken) =>
        {
            var all = await AllAsync(services, cancellationToken);
            var catalog = services.GetRequiredService<TaskCatalog>();
            // Those of the ledger stand first: one of the model counts where the ledger has none.
            var used = all.Where(one => State(one, all, catalog) == InUse).DistinctBy(one => (one.Task, one.Model)).ToList();
            if (used.Count == 0)
            {
                throw new CommandException(
                    "No calibration is in use: 'qwen35batch eval <folder> --calibrate' on the same --data stores one.");
            }

            var ledger = services.GetRequiredService<Ledger>().Calibrations;
            foreach (var one in used)
                await ApplyAsync(ledger, one, cancellationToken);
            return 0;
        });
    }

    private static async Task ApplyAsync(CalibrationLedger ledger, StoredCalibration calibration, CancellationToken cancellationToken)
    {
        ConfidenceCurve curve;
        try
        {
            curve = CalibrationRecord.Read(calibration).Curve;
        }
        catch (JsonException unreadable)
        {
            await Console.Error.WriteLineAsync(
                $"{calibration.Name} was written by another version of this program and is passed over: {unreadable.Message}");
            return;
        }

        if (!curve.Features.SequenceEqual(FieldObservation.Names))
        {
            await Console.Error.WriteLineAsync(
                $"{calibration.Name} rests on other signals than this version has and is passed over; "
                    + "run 'qwen35batch eval <folder> --calibrate' again.");
            return;
        }

        var count = 0;
        for (long? after = 0; after is { } from;)
        {
            (var some, after) = await ledger.ApplyAsync(
                calibration.Task,
                calibration.Model,
                from,
                (insight, fields) => FieldConfidence.Apply(curve, calibration.Name, insight, fields),
                cancellationToken);
            count += some;
        }

        Console.WriteLine($"{calibration.Name}: {count} insights.");
    }

    /// <summary>Those of the ledger, then those of the model.</summary>
    private static async Task<IReadOnlyList<StoredCalibration>> AllAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var bundled = services.GetRequiredService<BundledCalibrations>();
        if (bundled.Problem is { } problem) await Console.Error.WriteLineAsync(problem);
        return [.. await services.GetRequiredService<Ledger>().Calibrations.ListAsync(cancellationToken), .. bundled.All];
    }

    private static string Id(StoredCalibration one) => one.Id == 0 ? $"{Bundled}/{one.Task.Name}" : $"{one.Id}";

    private static string From(double threshold) =>
        threshold > 1 ? "never" : $"from {threshold.ToString("0.0000", CultureInfo.InvariantCulture)}";

    private static string State(StoredCalibration one, IReadOnlyList<StoredCalibration> all, TaskCatalog catalog) =>
        all.Any(newer => newer.Id > one.Id && newer.Task == one.Task && newer.Model == one.Model) ? "replaced"
        : catalog.List().Any(task => task.Task == one.Task) ? InUse
        : "of another version of the task";
}
