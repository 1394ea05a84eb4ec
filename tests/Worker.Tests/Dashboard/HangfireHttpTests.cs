using System.Net;
using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Dashboard;

public sealed class HangfireHttpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("recurring/remove")]
    [InlineData("recurring/trigger")]
    public async Task A_web_page_from_elsewhere_changes_no_schedule(string action)
    {
        var folder = Directory.CreateTempSubdirectory("qwen35batch-hangfire-").FullName;
        try
        {
            await using var worker = await TestWorker.StartAsync(
                folder, null, null, ("Corpora:scans:Folder", Path.Combine(folder, "media-in")), ("Corpora:scans:Task", "describe"));
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/hangfire/{action}");
            request.Headers.Add("Origin", "https://elsewhere.example");
            request.Content = new FormUrlEncodedContent([new("jobs[]", "corpus:scans")]);

            using var answer = await worker.Client.SendAsync(request, Cancellation);

            using var connection = worker.Server.Services.GetRequiredService<JobStorage>().GetConnection();
            var scans = Assert.Single(connection.GetRecurringJobs(), job => job.Id == "corpus:scans");
            Assert.Null(scans.LastJobId);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
