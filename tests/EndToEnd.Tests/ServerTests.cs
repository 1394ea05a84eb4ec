using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>The worker in production's shape: RabbitMQ and PostgreSQL.</summary>
public sealed class ServerTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task The_samples_come_in_by_bus_and_http_and_end_as_events_and_rows_for_analysts()
    {
        var (room, worker) = server.Use();
        var jobs = Directory.GetFiles(WorkerProcess.SamplesFolder).Select(file => ServerRoom.Submission(Path.GetFileName(file))).ToList();

        await room.Broker.SendAsync(ServerRoom.Json(jobs[0]));
        await room.Broker.SendAsync(ServerRoom.Json(jobs[1]));
        await room.Broker.SendAsync(jobs[2]);
        await room.Broker.PublishAsync(jobs[3]);
        foreach (var job in jobs.Skip(4)) Assert.Equal(HttpStatusCode.Accepted, await PostAsync(worker, job));
        var completed = await room.Broker.CompletedAsync(jobs.ConvertAll(job => job.JobId), () => worker.Output);

        Assert.All(completed, job => Assert.Equal((JobState.Completed, job.Planned), (job.State, job.Done)));
        var mine = $"job in ({string.Join(", ", jobs.Select(job => $"'{job.JobId}'"))})";
        Assert.Equal(jobs.Count, await room.QueryAsync<long>($"select count(*) from jobs where state = 'completed' and {mine}"));
        Assert.Equal(
            completed.Sum(job => job.Planned),
            await room.QueryAsync<long>($"select count(*) from segments where state = 'done' and {mine}"));
        Assert.Equal(
            completed.Sum(job => job.Done),
            await room.QueryAsync<long>($"select count(distinct (job, segment)) from insights where insight ? 'summary' and {mine}"));
        Assert.Equal(
            completed.Sum(job => (long)job.Usage.OutputTokens),
            await room.QueryAsync<long>($"select sum(output_tokens) from usage where {mine}"));
        Assert.Equal(
            "1,2",
            await room.QueryAsync<string>(
                $"select string_agg(page::text, ',' order by page) from insights where source like '%invoice.pdf' and page is not null and "
                    + $"{mine}"));
        await Deadline.UntilAsync(
            () =>
                Task.FromResult(
                    room.Broker.Events<SegmentCompleted>()
                        .Where(segment => jobs.Exists(job => job.JobId == segment.JobId))
                        .DistinctBy(segment => (segment.JobId, segment.Segment))
                        .Count() == completed.Sum(job => job.Done)),
            () => $"Not every segment was announced: {string.Join(", ", room.Broker.Events<SegmentCompleted>())}");
    }

    [Fact]
    public async Task The_same_submission_five_times_is_one_job()
    {
        var (room, worker) = server.Use();
        var job = ServerRoom.Submission("order.md");

        await room.Broker.SendAsync(ServerRoom.Json(job));
        await room.Broker.SendAsync(ServerRoom.Json(job));
        await room.Broker.SendAsync(job);
        await room.Broker.SendAsync(job);
        await PostAsync(worker, job);

        await room.Broker.CompletedAsync([job.JobId], () => worker.Output);
        await Deadline.UntilAsync(
            async () =>
                Regex.IsMatch(await worker.Http.GetStringAsync("metrics"), """jobs_submitted[^{]*\{[^}]*result="duplicate"[^}]*\} 4\b"""),
            () => "The four others were not recognised.");
        Assert.Equal(1, await room.QueryAsync<long>($"select count(*) from jobs where job = '{job.JobId}'"));
        Assert.Equal(1, await room.QueryAsync<long>($"select count(*) from segments where job = '{job.JobId}' and kind <> 'synthesis'"));
    }

    [Fact]
    public async Task A_message_that_cannot_be_accepted_is_in_the_error_queue_and_in_the_ledger_with_its_reason()
    {
        var (room, worker) = server.Use();

        await room.Broker.SendAsync("""{"jobId": "no id", """);
        await room.Broker.SendAsync(ServerRoom.Json(ServerRoom.Submission("order.md") with { Task = "divine" }));

        await Deadline.UntilAsync(async () => await room.Broker.CountAsync($"{room.Broker.Queue}_error") == 2, () => worker.Output);
        Assert.Equal(2, await room.QueryAsync<long>("select count(*) from rejected_message"));
        Assert.Equal(
            1,
            await room.QueryAsync<long>("select count(*) from rejected_message where reason like 'jobId: takes a UUID.%'"));
        Assert.Contains(
            "divine",
            await room.QueryAsync<string>("select reason from rejected_message where reason not like 'jobId:%'"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_outside_the_allowed_folders_is_refused_at_once()
    {
        var (room, worker) = server.Use();
        var job = ServerRoom.Submission("order.md") with { Source = Path.Combine(AppContext.BaseDirectory, "qwen35batch.xml") };

        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(worker, job));

        Assert.Equal(0, await room.QueryAsync<long>($"select count(*) from jobs where job = '{job.JobId}'"));
    }

    [Fact]
    public async Task A_file_that_is_not_there_ends_as_a_rejected_job_and_its_event()
    {
        var (room, worker) = server.Use();
        var job = ServerRoom.Submission("missing.png") with { CorrelationId = "ours" };

        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(worker, job));

        var rejected = await Deadline.UntilAsync(
            () => Task.FromResult(room.Broker.Events<JobRejected>().SingleOrDefault(rejected => rejected.JobId == job.JobId)),
            () => worker.Output);
        Assert.Equal(("ours", RejectionReason.SourceNotFound), (rejected.CorrelationId, rejected.Reason));
        Assert.Equal("rejected", await room.QueryAsync<string>($"select state from jobs where job = '{job.JobId}'"));
    }

    [Fact]
    public async Task The_stages_in_the_readme_are_those_that_the_metrics_measure()
    {
        var (room, worker) = server.Use();
        var job = ServerRoom.Submission("receipt-ja.png");
        await PostAsync(worker, job);
        await room.Broker.CompletedAsync([job.JobId], () => worker.Output);

        var readme = await File.ReadAllTextAsync(Repository.Readme, TestContext.Current.CancellationToken);
        var table = readme[readme.IndexOf("| stage | what it does |", StringComparison.Ordinal)..];
        table = table[..table.IndexOf("\n\n", StringComparison.Ordinal)];
        var rows = table.Split('\n').Skip(2).Select(row => row.Split('|')[1].Trim());
        var metrics = await worker.Http.GetStringAsync("metrics", TestContext.Current.CancellationToken);
        var measured = Regex.Matches(metrics, @"pipeline_stage_duration_seconds_count\{[^}]*stage=""(\w+)""")
            .Select(match => match.Groups[1].Value)
            .Distinct();
        Assert.Equal(rows.Order(), measured.Order());
    }

    private static async Task<HttpStatusCode> PostAsync(ServingWorker worker, SubmitJob job)
    {
        using var answer = await worker.Http.PostAsJsonAsync("jobs", job, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
