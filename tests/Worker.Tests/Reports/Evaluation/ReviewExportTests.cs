using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Worker.Remote;
using Qwen35Batch.Worker.Reports.Evaluation;
using Qwen35Batch.Worker.Reviews;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Reports.Evaluation;

/// <summary>Reviews as an evaluation reads them.</summary>
public sealed class ReviewExportTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reviewed_insight_is_an_item_with_its_media_and_the_fields_that_were_looked_at()
    {
        await using var worker = await TestWorker.StartAsync();
        var job = worker.Job("said.txt");
        await worker.SubmitAsync(job);
        await worker.WaitForEndAsync(job.JobId);
        var insight = (await worker.Ledger.Reading.ListInsightsAsync(new(), 1, null, Cancellation)).Insights[0].Insight;
        var reviewing = worker.Server.Services.GetRequiredService<InsightReviewing>();
        FieldReview[] fields =
        [
            new()
            {
                Pointer = "/summary",
                Verdict = ReviewVerdict.Corrected,
                Value = JsonSerializer.SerializeToElement("Another text."),
            },
        ];
        Assert.IsType<ReviewAnswer.Stored>(await reviewing.ReviewAsync(insight.Id, 0, "ann", fields, Cancellation));
        var folder = Path.Combine(worker.Folder, "items");

        var access = WorkerAccess.By(worker.Server.Services);
        var (written, leftOut) = await new ReviewExport(access.Jobs, access.Insights).WriteAsync(folder, null, Cancellation);

        Assert.Equal((1, 0), (written, leftOut.Count));
        var item = Assert.Single(EvaluationFolder.Read(folder));
        Assert.Equal("Another text.", item.Expected.GetProperty("summary").GetString());
        Assert.Equal(["/summary"], Assert.Single(item.Fields).Pointers);
        Assert.Equal(await File.ReadAllBytesAsync(job.Source, Cancellation), await File.ReadAllBytesAsync(item.Media, Cancellation));
    }
}
