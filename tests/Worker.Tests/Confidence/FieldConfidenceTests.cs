using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Calibrations;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Worker.Confidence;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Confidence;

public sealed class FieldConfidenceTests : IAsyncLifetime
{
    private TestWorker _worker = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync();

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task A_calibrated_task_gives_probabilities_and_doubtful_jobs_are_found()
    {
        await CalibrateAsync(_worker.Server.Services.GetRequiredService<TaskCatalog>().Resolve("describe"), "scripted");
        // The text of the summary was a choice; that the language is null, too.
        var at = ScriptedModel.Answer.IndexOf("A text", StringComparison.Ordinal);
        var language = ScriptedModel.Answer.IndexOf("null", StringComparison.Ordinal);
        _worker.Model.Choices = [new(at, 7, 0.6, 0.4), new(language, 4, 0.999, 7)];
        var doubtful = await _worker.SubmitAsync(_worker.Job("doubtful.txt"));
        var summary = await _worker.WaitForEndAsync(doubtful);
        _worker.Model.Choices = [new(at, 7, 0.9999, 9), new(language, 4, 0.9999, 9)];
        var sure = await _worker.SubmitAsync(_worker.Job("sure.txt"));
        await _worker.WaitForEndAsync(sure);

        var record = await InsightAsync(doubtful);

        var field = record.Fields.Single(one => one.Pointer == "/summary");
        Assert.Equal(0.6, field.Signals!.LeastProbability);
        Assert.InRange(field.Probability!.Value, 0.3, 0.9);
        Assert.Equal(ConfidenceBand.Low, field.Band);
        Assert.StartsWith("describe@", field.Calibration, StringComparison.Ordinal);
        Assert.Null(record.Fields.Single(one => one.Pointer == "/language").Probability);
        Assert.Equal(field.Probability, summary.LowestConfidence);
        Assert.Equal([doubtful], await BelowAsync("0.9"));
        Assert.Equal([sure, doubtful], await BelowAsync("1"));
        using var wrong = await _worker.Client.GetAsync("/jobs?below=7", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("is 7; it takes", await wrong.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("describe", "another-model")]
    [InlineData("describe@older", "scripted")]
    public async Task A_calibration_of_another_model_or_version_of_the_task_gives_none_and_the_signals_stay(string task, string model)
    {
        var current = _worker.Server.Services.GetRequiredService<TaskCatalog>().Resolve("describe");
        await CalibrateAsync(task == "describe" ? current : current with { Version = "older" }, model);
        _worker.Model.Choices = [new(ScriptedModel.Answer.IndexOf("A text", StringComparison.Ordinal), 7, 0.6, 0.4)];

        var job = await _worker.SubmitAsync(_worker.Job("one.txt"));
        await _worker.WaitForEndAsync(job);

        var fields = (await InsightAsync(job)).Fields;
        Assert.All(fields, field => Assert.Equal((null, null, null), (field.Probability, field.Band, field.Calibration)));
        Assert.Equal(0.6, fields.Single(field => field.Pointer == "/summary").Signals!.LeastProbability);
        Assert.Empty(await BelowAsync("1"));
    }

    [Fact]
    public async Task One_of_another_version_is_used_where_that_is_allowed_and_named()
    {
        await using var worker = await TestWorker.StartAsync(("Confidence:AllowStale", "true"));
        var current = worker.Server.Services.GetRequiredService<TaskCatalog>().Resolve("describe");
        await worker.Ledger.Calibrations.AddAsync([Calibration(current with { Version = "older" }, "scripted")], Cancellation);

        var field = await SummaryAsync(worker);

        Assert.InRange(field.Probability!.Value, 0.3, 0.9);
        Assert.StartsWith("describe@older/scripted#", field.Calibration, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_came_with_the_model_holds_until_the_ledger_has_its_own()
    {
        var model = Directory.CreateTempSubdirectory("qwen35batch-model-");
        try
        {
            var current = _worker.Server.Services.GetRequiredService<TaskCatalog>().Resolve("describe");
            BundledCalibrations.Write(Path.Combine(model.FullName, BundledCalibrations.FileName), [Calibration(current, "scripted")]);
            await using var bundled = await TestWorker.StartAsync(("Engine:ModelFolder", model.FullName));
            Assert.Equal($"describe@{current.Version}/scripted#bundled", (await SummaryAsync(bundled)).Calibration);

            await using var own = await TestWorker.StartAsync(("Engine:ModelFolder", model.FullName));
            var stored = await own.Ledger.Calibrations.AddAsync([Calibration(current, "scripted")], Cancellation);
            Assert.Equal(stored[0].Name, (await SummaryAsync(own)).Calibration);

            await using var off = await TestWorker.StartAsync(("Engine:ModelFolder", model.FullName), ("Confidence:Mode", "Signals"));
            Assert.Null((await SummaryAsync(off)).Probability);
        }
        finally
        {
            model.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_file_of_a_model_that_cannot_be_read_says_why_and_is_not_used()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "[{\"task\":7}]");

            var read = BundledCalibrations.Read(file);

            Assert.Empty(read.All);
            Assert.StartsWith($"{file} cannot be read", read.Problem, StringComparison.Ordinal);
            Assert.Null(BundledCalibrations.Read(file + ".not").Problem);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(0.95, null, false)]
    [InlineData(0.95, 0.6, true)]
    [InlineData(null, 0.6, true)]
    [InlineData(null, 0.99, false)]
    [InlineData(null, null, true)]
    public async Task Doubtful_is_a_field_below_the_limit_or_an_insight_of_which_nothing_is_known(
        double? probability, double? least, bool isDoubtful)
    {
        var confidence = _worker.Server.Services.GetRequiredService<FieldConfidence>();
        var fields = new InsightField[]
        {
            new() { Pointer = "/a", Probability = probability },
            new() { Pointer = "/b", Signals = new() { LeastProbability = least } },
        };

        var read = new StageOutcome.Completed(JsonDocument.Parse("{}").RootElement, [], new(), "scripted") { Fields = fields };

        Assert.Equal(isDoubtful, await confidence.IsDoubtfulAsync(new("describe", "none"), read, Cancellation));
    }

    private static async Task<InsightField> SummaryAsync(TestWorker worker)
    {
        worker.Model.Choices = [new(ScriptedModel.Answer.IndexOf("A text", StringComparison.Ordinal), 7, 0.6, 0.4)];
        var job = await worker.SubmitAsync(worker.Job("one.txt"));
        await worker.WaitForEndAsync(job);
        var insights = worker.Ledger.Reading.ExportAsync(new JobFilter { JobIds = [job] }, Cancellation);
        return Assert.Single(await insights.ToListAsync(Cancellation)).Fields.Single(field => field.Pointer == "/summary");
    }

    private async Task CalibrateAsync(TaskReference task, string model) =>
        await _worker.Ledger.Calibrations.AddAsync([Calibration(task, model)], Cancellation);

    private static StoredCalibration Calibration(TaskReference task, string model)
    {
        var labels = Enumerable.Range(0, 400).Select(index =>
        {
            var insight = JsonDocument.Parse("""{"a":"text"}""").RootElement;
            var least = index % 4 == 0 ? 0.6 : 0.9999;
            var field = new InsightField
            {
                Pointer = "/a",
                Signals = new() { LeastProbability = least, SmallestMargin = index % 4 == 0 ? 0.4 : 9, Choices = 1 },
            };
            return new LabelledField($"{index}", task, model, FieldObservation.Of(insight, [field])[0], index % 8 > 0, null);
        }).ToList();
        var fit = CalibrationFit.Of(labels)!;
        var reliability = Reliability.Of([.. fit.HeldOut.Select(one => (one.Probability, one.Label.IsRight))]);
        return new CalibrationRecord(fit.Curve, reliability).ToStore(task, model);
    }

    private async Task<InsightRecord> InsightAsync(Guid job) =>
        Assert.Single(await _worker.Ledger.Reading.ExportAsync(new JobFilter { JobIds = [job] }, Cancellation).ToListAsync(Cancellation));

    private async Task<List<Guid>> BelowAsync(string probability)
    {
        var page = JsonDocument.Parse(await _worker.Client.GetStringAsync($"/jobs?below={probability}", Cancellation)).RootElement;
        return [.. page.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("jobId").GetGuid())];
    }
}
