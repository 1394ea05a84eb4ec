using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Persistence;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Http;

public sealed class SettlementTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_says_over_HTTP_whether_the_call_that_was_shown_has_happened_and_the_history_says_who()
    {
        await using var worker = await TestWorker.StartAsync(("Stages:PollInterval", "00:10:00"));
        var job = await InDoubtAsync(worker.Ledger);
        var shown = (await worker.Client.GetFromJsonAsync<JsonElement>($"/jobs/{job}/steps", Cancellation))[0];
        Assert.True(shown.GetProperty("isInDoubt").GetBoolean());
        var sha256 = shown.GetProperty("argumentsSha256").GetString();

        Assert.Equal(HttpStatusCode.BadRequest, await SettleAsync(new { decision = "approve", arguments_sha = sha256 }));
        Assert.Equal(HttpStatusCode.BadRequest, await SettleAsync(new { decision = "again" }));
        Assert.Equal(HttpStatusCode.Conflict, await SettleAsync(new { decision = "again", arguments_sha = new string('0', 64) }));
        Assert.Equal(HttpStatusCode.NoContent, await SettleAsync(new { decision = "happened", arguments_sha = sha256 }));
        Assert.Equal(HttpStatusCode.Conflict, await SettleAsync(new { decision = "again", arguments_sha = sha256 }));

        var settled = (await worker.Client.GetFromJsonAsync<JsonElement>($"/jobs/{job}/steps", Cancellation))[0];
        Assert.Equal(
            ("happened", "http"), (settled.GetProperty("verdict").GetString(), settled.GetProperty("decidedBy").GetString()));
        var events = await worker.Client.GetFromJsonAsync<JsonElement>($"/jobs/{job}/events", Cancellation);
        Assert.Contains(
            events.EnumerateArray(),
            each => each.GetProperty("kind").GetString() == "settled" && each.GetProperty("actor").GetString() == "http");

        async Task<HttpStatusCode> SettleAsync(object decision)
        {
            using var reply = await worker.Client.PostAsJsonAsync($"/jobs/{job}/steps/0/settlement", decision, Cancellation);
            return reply.StatusCode;
        }
    }

    /// <summary>A job whose call was begun by a worker that is gone, and waits for a person.</summary>
    private static async Task<Guid> InDoubtAsync(Ledger ledger)
    {
        var (worker, id) = (Guid.NewGuid(), Guid.CreateVersion7());
        var job = new SubmitJob { JobId = id, Source = "How?", Question = "How?", Task = "study" };
        var identity = new JobIdentity { Source = "", Question = "How?", Task = new("study", "1"), Model = "m", Options = new() };
        await ledger.Submissions.SubmitAsync(new(job, identity), Cancellation);
        var claim = Assert.Single(await ledger.Queue.ClaimJobsAsync(worker, 1, Lease, Cancellation));
        var media = new MediaDescription { Sha256 = new('b', 64), Kind = MediaKind.Text, MediaType = "text/plain", LengthBytes = 4 };
        await ledger.Queue.RecordPlanAsync(
            claim,
            new StageOutcome.Planned(media, new("study", "1"), [new() { Number = 0, Kind = SegmentKind.TextPart }], null),
            Cancellation);
        var log = ledger.Steps.Of(Assert.Single(await ledger.Queue.ClaimSegmentsAsync(worker, 1, Lease, Cancellation)));
        await log.PlanAsync(new(0, StepKind.Call, "notify", """{"about":"it"}""", StepEffect.External), Cancellation);
        await log.BeginAsync(0, Cancellation);
        await log.AwaitAsync(0, Cancellation);
        return id;
    }
}
