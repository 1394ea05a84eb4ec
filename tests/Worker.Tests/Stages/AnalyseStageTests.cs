using System.Collections.Concurrent;
using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Stages;

/// <summary>The stage with its breaker, driven by a model that is away for a while.</summary>
public sealed class AnalyseStageTests
{
    [Fact]
    public async Task While_the_engine_answers_nothing_one_segment_at_a_time_asks_and_its_first_answer_lets_all_go_on()
    {
        const int AtOnce = 4;
        const int Asking = 2;
        await using var worker = await TestWorker.StartAsync(("Stages:AnalyseConcurrency", $"{AtOnce}"));
        var together = new TaskCompletionSource();
        var all = new TaskCompletionSource();
        var beside = new ConcurrentDictionary<int, int>();
        worker.Model.BeforeAnswer = async (call, token) =>
        {
            beside[call.Number] = call.Running;
            if (call.Number == AtOnce) together.TrySetResult();
            // The first ones are under way together when it opens; those that ask afterwards are alone.
            if (call.Number <= AtOnce) await together.Task.WaitAsync(token);
            if (call.Number <= AtOnce + Asking) throw new HttpRequestException("Connection refused.");
            // Behind the first answer, so many again are at the model together.
            if (call.Number == AtOnce + Asking + 1) return;
            if (call.Running == AtOnce) all.TrySetResult();
            await all.Task.WaitAsync(token);
        };

        var jobs = new List<Guid>();
        for (var number = 0; number < 9; number++) jobs.Add(await worker.SubmitAsync(worker.Job($"away-{number}.txt")));
        foreach (var job in jobs) Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);

        Assert.All(Enumerable.Range(AtOnce + 1, Asking + 1), asking => Assert.Equal(1, beside[asking]));
        Assert.Equal(AtOnce, worker.Model.MostRunning);
        Assert.Equal(1L, await worker.AskLedgerAsync("SELECT max(attempt) FROM segment"));
    }
}
