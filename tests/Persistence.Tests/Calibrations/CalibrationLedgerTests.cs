using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Calibrations;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Calibrations;

public abstract class CalibrationLedgerTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task The_newest_counts_for_its_version_of_the_task_and_its_model_only()
    {
        var old = Assert.Single(await Ledger.Calibrations.AddAsync([Calibration()], Token));
        var stored = await Ledger.Calibrations.AddAsync(
            [Calibration() with { Auc = null, Labels = 900 }, Calibration() with { Task = new("document", "v7") }], Token);

        var found = await Fixture.Open().Calibrations.FindAsync(TestTask, "nano@1-int8", Token);

        Assert.Equal(stored[0], found! with { Curve = stored[0].Curve });
        Assert.True(JsonElement.DeepEquals(Calibration().Curve, found.Curve), found.Curve.GetRawText());
        Assert.Equal((null, 900), (found.Auc, found.Labels));
        Assert.Equal($"describe@0123456789ab/nano@1-int8#{found.Id}", found.Name);
        Assert.Null(await Ledger.Calibrations.FindAsync(TestTask with { Version = "other" }, "nano@1-int8", Token));
        Assert.Null(await Ledger.Calibrations.FindAsync(TestTask, "nano@1-fp32", Token));
        Assert.Equal([stored[1].Id, stored[0].Id, old.Id], (await Ledger.Calibrations.ListAsync(Token)).Select(one => one.Id));
        Assert.InRange(found.FittedAt, old.FittedAt, old.FittedAt.AddHours(1));
    }

    [Fact]
    public async Task One_of_another_version_or_revision_is_found_by_the_names_alone()
    {
        var old = Calibration() with { Task = new("changed", "v1") };
        var stored = await Ledger.Calibrations.AddAsync(
            [old with { Model = "nano@0-int8" }, old with { Model = "nanotwo@1-int8" }, old with { Model = "plain" }], Token);

        Assert.Equal(stored[0].Id, (await Ledger.Calibrations.FindStaleAsync("changed", "nano", Token))!.Id);
        Assert.Equal(stored[2].Id, (await Ledger.Calibrations.FindStaleAsync("changed", "plain", Token))!.Id);
        Assert.Null(await Ledger.Calibrations.FindStaleAsync("changed", "nan", Token));
        Assert.Null(await Ledger.Calibrations.FindStaleAsync("chang", "nano", Token));
    }

    [Fact]
    public async Task A_job_is_as_sure_as_its_least_sure_field_and_its_events_say_so()
    {
        var doubtful = await PlannedJobAsync(3);
        await FinishOneAsync(Sure(0.97, null));
        await FinishOneAsync(Sure(0.99, 0.62));
        await FinishOneAsync(Sure(null, null));
        var uncalibrated = await PlannedJobAsync(1);
        await FinishOneAsync(Sure(null, null));

        var events = await PublishedAsync();

        Assert.Equal([0.97, 0.62, null, null], events.OfType<SegmentCompleted>().Select(one => one.LowestConfidence));
        Assert.Equal([0.62, null], events.OfType<JobCompleted>().Select(one => one.LowestConfidence));
        Assert.Equal(0.62, (await Ledger.Reading.GetJobAsync(doubtful, Token))!.Job.LowestConfidence);
        Assert.Null((await Ledger.Reading.GetJobAsync(uncalibrated, Token))!.Job.LowestConfidence);
        Assert.Equal([doubtful], await Below(0.63));
        Assert.Empty(await Below(0.62));
    }

    [Fact]
    public async Task Insights_that_are_stored_already_get_the_probabilities_of_a_calibration_and_their_jobs_the_lowest()
    {
        var job = await PlannedJobAsync(3);
        for (var number = 0; number < 3; number++)
            await FinishOneAsync(Sure(null, null));
        var (model, asked) = ("", 0);
        await foreach (var record in Ledger.Reading.ExportAsync(new() { JobIds = [job] }, Token)) model = record.Model;

        var (count, next) = await Ledger.Calibrations.ApplyAsync(
            TestTask,
            model,
            0,
            (_, fields) =>
            {
                asked++;
                return
                [
                    .. fields.Select((field, index) => field with
                    {
                        Probability = index == 0 ? 0.4 + (0.1 * asked) : 0.99,
                        Calibration = "new",
                    }),
                ];
            },
            Token);

        Assert.True(count >= 3);
        Assert.Null(next);
        var other = TestTask with { Version = "other" };
        Assert.Equal(0, (await Ledger.Calibrations.ApplyAsync(other, model, 0, (_, fields) => fields, Token)).Count);
        var stored = new List<InsightField>();
        await foreach (var record in Ledger.Reading.ExportAsync(new() { JobIds = [job] }, Token)) stored.AddRange(record.Fields);
        Assert.All(stored, field => Assert.Equal("new", field.Calibration));
        Assert.Equal(
            stored.Min(field => field.Probability), (await Ledger.Reading.GetJobAsync(job, Token))!.Job.LowestConfidence);
    }

    private async Task<IEnumerable<Guid>> Below(double probability) =>
        (await Ledger.Reading.ListJobsAsync(new JobFilter { Below = probability }, 10, null, Token)).Jobs.Select(job => job.JobId);

    private static StageOutcome.Completed Sure(params double?[] probabilities) => (StageOutcome.Completed)Completed() with
    {
        Fields = [.. probabilities.Select((one, index) => new InsightField { Pointer = $"/{index}", Probability = one })],
    };

    private static StoredCalibration Calibration() => new()
    {
        Task = TestTask,
        Model = "nano@1-int8",
        Precision = "int8",
        Labels = 800,
        Wrong = 7,
        Auc = 0.93,
        CalibrationError = 0.005,
        Brier = 0.004,
        WrongAmongSurest = 0.001,
        Curve = JsonDocument.Parse("""{"a":[1,2.5]}""").RootElement,
    };

    public sealed class OnSqlite(SqliteFixture fixture) : CalibrationLedgerTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : CalibrationLedgerTests(fixture), IClassFixture<PostgreSqlFixture>;
}
