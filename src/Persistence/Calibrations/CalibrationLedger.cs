using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Calibrations;

/// <summary>Keeps calibrations. One method is one operation and one commit.</summary>
public sealed class CalibrationLedger
{
    private const int Part = 200;

    private readonly LedgerDatabase _database;

    internal CalibrationLedger(LedgerDatabase database) => _database = database;

    /// <summary>Stores calibrations together; from then on they count, each for its task and model.</summary>
    /// <returns>The calibrations as they are stored.</returns>
    public Task<IReadOnlyList<StoredCalibration>> AddAsync(
        IReadOnlyList<StoredCalibration> calibrations, CancellationToken cancellationToken) =>
        _database.WriteAsync<IReadOnlyList<StoredCalibration>>(async (transaction, token) =>
        {
            var rows = calibrations.Select(calibration => Row(calibration, transaction.Now)).ToList();
            transaction.Db.Calibrations.AddRange(rows);
            await transaction.SaveAsync(token);
            return [.. rows.Select(Stored)];
        }, cancellationToken);

    /// <summary>The newest calibration for a version of a task and a revision of a model; null when there is none.</summary>
    public Task<StoredCalibration?> FindAsync(TaskReference task, string model, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        var stored = model.Storable(ColumnLengths.Model);
        return _database.ReadAsync(async (db, token) =>
        {
            var row = await db.Calibrations.AsNoTracking()
                .Where(row => row.TaskName == task.Name && row.TaskVersion == task.Version && row.Model == stored)
                .OrderByDescending(row => row.Id)
                .FirstOrDefaultAsync(token);
            return row is null ? null : Stored(row);
        }, cancellationToken);
    }

    /// <summary>
    /// The newest calibration of any version of a task and any revision of a model; null when there is none. Nothing says that it holds for
    /// another.
    /// </summary>
    /// <param name="task">The task's name.</param>
    /// <param name="model">The model's name, without its revision.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<StoredCalibration?> FindStaleAsync(string task, string model, CancellationToken cancellationToken) =>
        _database.ReadAsync(async (db, token) =>
        {
            var row = await db.Calibrations.AsNoTracking()
                .Where(row => row.TaskName == task && (row.Model == model || row.Model.StartsWith(model + "@")))
                .OrderByDescending(row => row.Id)
                .FirstOrDefaultAsync(token);
            return row is null ? null : Stored(row);
        }, cancellationToken);

    /// <summary>All calibrations, the newest first.</summary>
    public Task<IReadOnlyList<StoredCalibration>> ListAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync<IReadOnlyList<StoredCalibration>>(
            async (db, token) =>
                [.. (await db.Calibrations.AsNoTracking().OrderByDescending(row => row.Id).ToListAsync(token)).Select(Stored)],
            cancellationToken);

    /// <summary>
    /// Gives stored insights of a task and model their fields anew, a part of them, and their jobs the lowest probability that follows.
    /// </summary>
    /// <param name="task">The version of the task.</param>
    /// <param name="model">The revision of the model.</param>
    /// <param name="after">Those with a higher number; 0 at the beginning.</param>
    /// <param name="fields">Gives an insight's fields with their probabilities; it is asked again when the ledger has to try again.</param>
    /// <param name="cancellationToken">Gives up; the part is then as it was.</param>
    /// <returns>How many there were, and what to ask for next; null when there are no more.</returns>
    public Task<(int Count, long? Next)> ApplyAsync(
        TaskReference task,
        string model,
        long after,
        Func<JsonElement, IReadOnlyList<InsightField>, IReadOnlyList<InsightField>> fields,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(fields);
        var stored = model.Storable(ColumnLengths.Model);
        return _database.WriteAsync(async (transaction, token) =>
        {
            var rows = await transaction.Db.Insights
                .Where(row => row.TaskName == task.Name && row.TaskVersion == task.Version && row.Model == stored)
                .Where(row => row.Id > after && row.Fields != null)
                .OrderBy(row => row.Id)
                .Take(Part)
                .ToListAsync(token);
            foreach (var row in rows)
            {
                var known = LedgerJson.Read<List<InsightField>>(row.Fields!);
                row.Fields = LedgerJson.Write(fields(LedgerJson.Element(row.Insight), known));
            }

            await transaction.SaveAsync(token);
            foreach (var job in rows.Select(row => row.JobId).Distinct())
                await LowestAsync(transaction.Db, job, token);
            return (rows.Count, rows.Count < Part ? (long?)null : rows[^1].Id);
        }, cancellationToken);
    }

    private static async Task LowestAsync(LedgerDbContext db, long job, CancellationToken cancellationToken)
    {
        var all = await db.Insights.AsNoTracking().Where(row => row.JobId == job && row.Fields != null).Select(row => row.Fields!)
            .ToListAsync(cancellationToken);
        var lowest = all.Select(one => LowestConfidence.Of(LedgerJson.Read<List<InsightField>>(one))).Min();
        await db.Jobs.Where(row => row.Id == job)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.LowestConfidence, lowest), cancellationToken);
    }

    private static CalibrationRow Row(StoredCalibration calibration, DateTimeOffset now) => new()
    {
        TaskName = calibration.Task.Name,
        TaskVersion = calibration.Task.Version,
        Model = calibration.Model.Storable(ColumnLengths.Model),
        Precision = calibration.Precision?.Storable(ColumnLengths.EnumName),
        FittedAt = now,
        Labels = calibration.Labels,
        Wrong = calibration.Wrong,
        Auc = calibration.Auc,
        CalibrationError = calibration.CalibrationError,
        Brier = calibration.Brier,
        WrongAmongSurest = calibration.WrongAmongSurest,
        Curve = calibration.Curve.GetRawText(),
    };

    private static StoredCalibration Stored(CalibrationRow row) => new()
    {
        Id = row.Id,
        Task = new(row.TaskName, row.TaskVersion),
        Model = row.Model,
        Precision = row.Precision,
        FittedAt = row.FittedAt,
        Labels = row.Labels,
        Wrong = row.Wrong,
        Auc = row.Auc,
        CalibrationError = row.CalibrationError,
        Brier = row.Brier,
        WrongAmongSurest = row.WrongAmongSurest,
        Curve = LedgerJson.Element(row.Curve),
    };
}
