using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.WorkQueue;

/// <summary>
/// How PostgreSQL finds what workers write, in a ledger whose tables nobody has analysed yet: a plan that reads whole tables would be kept
/// ready, and read them when they have grown.
/// </summary>
public sealed class FreshLedgerPlansTests(PostgreSqlFixture fixture) : LedgerTest(fixture), IClassFixture<PostgreSqlFixture>
{
    private const int Jobs = 64;

    [Fact]
    public async Task No_table_that_grows_is_read_whole_to_write_some_of_its_rows()
    {
        var plans = new QueryPlans();
        var asked = Fixture.Open(options => options.AddInterceptors(plans));

        await asked.Submissions.SubmitManyAsync([.. Enumerable.Range(0, Jobs).Select(number => Submission($"/media/{number}.pdf"))], Token);
        var jobs = await asked.Queue.ClaimJobsAsync(Worker, Jobs, Lease, Token);
        await Task.WhenAll(jobs.Select(job => asked.Queue.RecordPlanAsync(job, Plan(1), Token)));
        var segments = await asked.Queue.ClaimSegmentsAsync(Worker, Jobs, Lease, Token);
        await asked.Queue.ExtendSegmentLeasesAsync([.. segments.Select(segment => segment.Lease)], Lease, Token);
        await Task.WhenAll(segments.Select(segment => asked.Queue.RecordSegmentAsync(segment, Completed(), Token)));
        var published = 0;
        await asked.Outbox.RelayAsync(
            (_, _) =>
            {
                published++;
                return Task.CompletedTask;
            },
            1000,
            Lease,
            Token);

        Assert.Equal(2 * Jobs, published);
        Assert.All(plans, plan => Assert.DoesNotMatch("Seq Scan on (job|segment|insight|outbox|citation)", plan));
        // What is read is judged by what it costs.
        plans = new();
        await Fixture.Open(options => options.AddInterceptors(plans)).Reading.ListJobsAsync(JobFilter.All, 10, null, Token);
        Assert.DoesNotContain(plans, plan => plan.Contains("cost=10000000000", StringComparison.Ordinal));
    }
}
