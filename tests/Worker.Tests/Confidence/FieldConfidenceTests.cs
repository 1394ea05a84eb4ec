using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
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

    private async Task CalibrateAsync(TaskReference task, string model)
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
        await _worker.Ledger.Calibrations.AddAsync([new CalibrationRecord(fit.Curve, reliability).ToStore(task, model)], Cancellation);
    }

    private async Task<InsightRecord> InsightAsync(Guid job) =>
        Assert.Single(await _worker.Ledger.Reading.ExportAsync(new JobFilter { JobIds = [job] }, Cancellation).ToListAsync(Cancellation));

    private async Task<List<Guid>> BelowAsync(string probability)
    {
        var page = JsonDocument.Parse(await _worker.Client.GetStringAsync($"/jobs?below={probability}", Cancellation)).RootElement;
        return [.. page.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("jobId").GetGuid())];
    }
}
