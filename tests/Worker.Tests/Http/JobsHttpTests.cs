using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Http;

public sealed class JobsHttpTests : IAsyncLifetime
{
    private TestWorker _worker = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _worker = await TestWorker.StartAsync(("Http:MaxBatch", "3"), ("Http:MaxBodyBytes", "20000"));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task A_job_is_accepted_worked_on_and_its_insight_can_be_read()
    {
        var job = _worker.Job("one.txt");

        using var accepted = await _worker.Client.PostAsJsonAsync("/jobs", job, Cancellation);
        var ended = await _worker.WaitForEndAsync(job.JobId);
        var insights = await _worker.Client.GetFromJsonAsync<JsonElement>($"/jobs/{job.JobId}/insights", Cancellation);

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal($"/jobs/{job.JobId}", accepted.Headers.Location!.ToString());
        Assert.Equal(JobState.Completed, ended.State);
        var insight = Assert.Single(insights.EnumerateArray());
        Assert.Equal(job.Source, insight.GetProperty("source").GetString());
        Assert.Equal("A text.", insight.GetProperty("insight").GetProperty("summary").GetString());
    }

    [Fact]
    public async Task A_job_without_an_id_gets_one()
    {
        var source = _worker.AddText("anonymous.txt");

        using var answer = await _worker.Client.PostAsJsonAsync("/jobs", new { source, task = "describe" }, Cancellation);
        var reply = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.NotEqual(Guid.Empty, reply.GetProperty("jobId").GetGuid());
        Assert.Equal("accepted", reply.GetProperty("result").GetString());
    }

    [Theory]
    [InlineData("/jobs", "{\"jobId\":\"x\"}", "jobId", "takes a UUID.")]
    [InlineData("/jobs", "{\"source\":7}", "source", "takes text.")]
    [InlineData("/jobs", "{\"priority\":1.5}", "priority", "takes a whole number.")]
    [InlineData(
        "/jobs",
        "{\"sauce\":\"a\"}",
        "sauce",
        "is unknown; the fields here are jobId, dedupeKey, source, question, task, options, again, priority, correlationId.")]
    [InlineData(
        "/jobs",
        "{\"options\":{\"fps\":2}}",
        "options.fps",
        "is unknown; the fields here are language, framesPerSecond, maxPages, goal, maxOutputTokens.")]
    [InlineData("/jobs", "{\"options\":[]}", "options", "takes an object.")]
    [InlineData("/jobs", "[]", "", "takes an object.")]
    [InlineData("/jobs/batch", "{}", "", "takes a list.")]
    [InlineData("/jobs/batch", "[{},{\"options\":{\"maxPages\":\"many\"}}]", "[1].options.maxPages", "takes a whole number.")]
    [InlineData("/jobs", "{\"source\":", "source", "Expected")]
    public async Task A_body_that_is_no_job_is_refused_in_the_words_of_its_sender(string path, string body, string field, string message)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _worker.Client.PostAsync(path, content, Cancellation);
        var reply = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = Assert.Single(reply.GetProperty("errors").EnumerateObject());
        Assert.Equal(field, error.Name);
        Assert.StartsWith(message, error.Value[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_submission_again_is_a_duplicate_and_names_the_first_job()
    {
        var job = _worker.Job("twice.txt");
        using var first = await _worker.Client.PostAsJsonAsync("/jobs", job, Cancellation);

        using var second = await _worker.Client.PostAsJsonAsync("/jobs", job with { JobId = Guid.CreateVersion7() }, Cancellation);
        var reply = await second.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(job.JobId, reply.GetProperty("jobId").GetGuid());
    }

    [Fact]
    public async Task A_changed_file_is_another_job_and_finished_work_is_done_again_when_asked()
    {
        var job = _worker.Job("changing.txt");
        await _worker.WaitForEndAsync(await _worker.SubmitAsync(job));

        Assert.Equal("accepted", (await PostAsync(job with { Again = true })).Result);
        await File.AppendAllTextAsync(job.Source, " More.", Cancellation);
        var (result, id) = await PostAsync(job);

        Assert.Equal("accepted", result);
        Assert.Equal(("duplicate", id), await PostAsync(job));

        async Task<(string? Result, Guid Id)> PostAsync(SubmitJob body)
        {
            using var answer = await _worker.Client.PostAsJsonAsync("/jobs", body with { JobId = Guid.CreateVersion7() }, Cancellation);
            var reply = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            return (reply.GetProperty("result").GetString(), reply.GetProperty("jobId").GetGuid());
        }
    }

    [Fact]
    public async Task Refused_messages_are_listed_with_their_reason_and_body()
    {
        await _worker.Ledger.Submissions.RecordRejectedMessageAsync(
            new() { MessageId = "m-1", Reason = "source: is missing.", Body = "{}"u8.ToArray() }, Cancellation);

        var listed = await _worker.Client.GetFromJsonAsync<JsonElement>("/messages/refused", Cancellation);

        var message = Assert.Single(listed.EnumerateArray(), one => one.GetProperty("messageId").GetString() == "m-1");
        Assert.Equal(("source: is missing.", "{}"), (message.GetProperty("reason").GetString(), message.GetProperty("body").GetString()));
        using var wrong = await _worker.Client.GetAsync("/messages/refused?count=0", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task The_same_key_with_another_payload_is_a_conflict()
    {
        using var first = await _worker.Client.PostAsJsonAsync("/jobs", _worker.Job("a.txt") with { DedupeKey = "k" }, Cancellation);

        using var second = await _worker.Client.PostAsJsonAsync("/jobs", _worker.Job("b.txt") with { DedupeKey = "k" }, Cancellation);

        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal("application/problem+json", second.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("""{"source":"a.png","task":"nonsense","priority":500}""", "source", "task", "priority")]
    [InlineData("""{"source":"/etc/passwd"}""", "source")]
    [InlineData("""{"sauce":"/a.png"}""", "sauce")]
    [InlineData("""{"jobId":"seven"}""", "jobId")]
    [InlineData("""{"source":""", "source")]
    [InlineData("null", "")]
    [InlineData("[]", "")]
    public async Task A_wrong_submission_is_refused_with_its_fields(string body, params string[] fields)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _worker.Client.PostAsync("/jobs", content, Cancellation);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(fields.Order(), problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
    }

    [Fact]
    public async Task A_body_that_is_not_json_is_refused()
    {
        using var content = new StringContent("source=/a.png", Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await _worker.Client.PostAsync("/jobs", content, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        using var answer = await _worker.Client.PostAsJsonAsync("/jobs", new { source = new string('a', 30_000) }, Cancellation);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task A_batch_is_taken_whole()
    {
        var jobs = new[] { _worker.Job("b1.txt"), _worker.Job("b2.txt") };

        using var answer = await _worker.Client.PostAsJsonAsync("/jobs/batch", jobs, Cancellation);
        var replies = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(jobs.Select(job => job.JobId), replies.EnumerateArray().Select(reply => reply.GetProperty("jobId").GetGuid()));
        foreach (var job in jobs) await _worker.WaitForEndAsync(job.JobId);
    }

    [Fact]
    public async Task A_batch_with_one_wrong_job_stores_nothing()
    {
        var good = _worker.Job("good.txt");

        using var answer = await _worker.Client.PostAsJsonAsync(
            "/jobs/batch", new[] { good, good with { JobId = Guid.CreateVersion7(), Task = "nonsense" } }, Cancellation);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        using var missing = await _worker.Client.GetAsync($"/jobs/{good.JobId}", Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("[1].task", Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task A_batch_over_the_limit_is_refused()
    {
        using var answer = await _worker.Client.PostAsJsonAsync(
            "/jobs/batch", Enumerable.Range(0, 4).Select(_ => new { source = "/a" }), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Jobs_can_be_listed_by_state()
    {
        var job = _worker.Job("listed.txt");
        using var accepted = await _worker.Client.PostAsJsonAsync("/jobs", job, Cancellation);
        await _worker.WaitForEndAsync(job.JobId);

        var completed = await _worker.Client.GetFromJsonAsync<JsonElement>("/jobs?state=Completed,rejected", Cancellation);
        var cancelled = await _worker.Client.GetFromJsonAsync<JsonElement>("/jobs?state=cancelled", Cancellation);
        using var unknown = await _worker.Client.GetAsync("/jobs?state=done", Cancellation);

        Assert.Equal("completed", Assert.Single(completed.GetProperty("jobs").EnumerateArray()).GetProperty("state").GetString());
        Assert.Empty(cancelled.GetProperty("jobs").EnumerateArray());
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Fact]
    public async Task A_cancelled_job_stops_the_model_at_once_and_can_be_retried()
    {
        _worker.Model.BeforeAnswer = (call, token) => call.Number == 1 ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        var job = _worker.Job("cancel.txt");
        using var accepted = await _worker.Client.PostAsJsonAsync("/jobs", job, Cancellation);
        await _worker.Model.FirstCall;

        using var cancelled = await _worker.Client.DeleteAsync($"/jobs/{job.JobId}", Cancellation);
        await TestWorker.WaitAsync(() => _worker.Model.Cancelled == 1);
        using var again = await _worker.Client.DeleteAsync($"/jobs/{job.JobId}", Cancellation);
        using var retried = await _worker.Client.PostAsync($"/jobs/{job.JobId}/retry", null, Cancellation);
        var ended = await TestWorker.WaitAsync(
            async () => await _worker.Ledger.Reading.GetJobAsync(job.JobId, Cancellation), found => found!.Job.State == JobState.Completed);

        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, retried.StatusCode);
        Assert.Equal(1, ended!.Job.Segments.Done);
    }

    [Fact]
    public async Task A_job_that_is_not_there_is_said_not_to_be()
    {
        var address = $"/jobs/{Guid.NewGuid()}";

        using var got = await _worker.Client.GetAsync(address, Cancellation);
        using var insights = await _worker.Client.GetAsync($"{address}/insights", Cancellation);
        using var deleted = await _worker.Client.DeleteAsync(address, Cancellation);
        using var retried = await _worker.Client.PostAsync($"{address}/retry", null, Cancellation);

        Assert.All([got, insights, deleted, retried], answer => Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode));
    }

    [Fact]
    public async Task A_web_page_from_elsewhere_changes_nothing()
    {
        using var answer = await RetryFromAsync("https://elsewhere.example");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://127.0.0.1.elsewhere.example")]
    public async Task An_origin_that_only_resembles_the_own_one_changes_nothing(string origin)
    {
        using var answer = await RetryFromAsync(origin);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task The_own_page_may_change_things_also_behind_a_proxy_that_ends_TLS(string scheme)
    {
        using var answer = await RetryFromAsync($"{scheme}://{_worker.Client.BaseAddress!.Authority}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/jobs")]
    [InlineData("POST", "/jobs")]
    [InlineData("GET", "/hangfire")]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/dashboard/summary")]
    [InlineData("GET", "/messages/refused")]
    public async Task A_foreign_name_for_this_machine_is_refused_whatever_is_asked(string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.Host = $"rebound.example:{_worker.Client.BaseAddress!.Port}";
        request.Headers.Add("Origin", $"http://rebound.example:{_worker.Client.BaseAddress.Port}");
        using var answer = await _worker.Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
        Assert.Contains("'rebound.example'", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Contains("Http:Hosts", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_and_metrics_tell_the_state()
    {
        var job = _worker.Job("measured.txt");
        using var accepted = await _worker.Client.PostAsJsonAsync("/jobs", job, Cancellation);
        await _worker.WaitForEndAsync(job.JobId);

        using var live = await _worker.Client.GetAsync("/health/live", Cancellation);
        // A starved machine may have kept one of the checks from being in touch for a moment.
        using var ready = await TestWorker.WaitAsync(
            () => _worker.Client.GetAsync("/health/ready", Cancellation), answer => answer.IsSuccessStatusCode, "Readiness");
        var checks = (await ready.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("checks");
        var metrics = await _worker.Client.GetStringAsync("/metrics", Cancellation);

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(["bus", "engine", "ledger", "tools"], checks.EnumerateObject().Select(check => check.Name).Order());
        Assert.All(checks.EnumerateObject(), check => Assert.True(check.Value.GetProperty("ageSeconds").GetDouble() >= 0));
        Assert.Contains("qwen35batch_segments_stored_total", metrics, StringComparison.Ordinal);
        Assert.Contains("qwen35batch_work_duration_seconds", metrics, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> RetryFromAsync(string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/jobs/{Guid.NewGuid()}/retry");
        request.Headers.Add("Origin", origin);
        return await _worker.Client.SendAsync(request, Cancellation);
    }
}
