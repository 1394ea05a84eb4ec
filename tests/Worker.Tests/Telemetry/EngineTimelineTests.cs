using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Tests.Telemetry;

public sealed class EngineTimelineTests
{
    [Fact]
    public async Task Each_second_of_the_engine_is_a_line_with_what_it_did_in_it()
    {
        var file = Path.GetTempFileName();
        var time = new FakeTimeProvider();
        var statistics = new Queue<EngineStatistics?>([null, At(0, 10, 0), At(1, 10, 4), At(1.75, 10.25, 10)]);
        using var stop = new CancellationTokenSource();

        var writer = EngineTimeline.Create(file);
        var recording = new EngineTimeline(() => Next(statistics, stop), time).RecordAsync(writer, stop.Token);
        while (!recording.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await recording;
        await writer.DisposeAsync();
        Assert.Equal(
            [
                "second,busy_percent,running,pending,prefill_tokens,decode_tokens,cached_prompt_tokens",
                "1,100.0,2,3,40,4,0",
                "2,75.0,2,3,60,6,0"
            ],
            await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken));
        File.Delete(file);
    }

    [Fact]
    public void A_second_within_a_long_step_counts_as_busy() =>
        Assert.StartsWith("7,100.0,", EngineTimeline.Line(7, At(1, 1, 0), At(1, 1, 0)), StringComparison.Ordinal);

    private static EngineStatistics? Next(Queue<EngineStatistics?> statistics, CancellationTokenSource stop)
    {
        if (statistics.Count == 1) stop.Cancel();
        return statistics.Count > 0 ? statistics.Dequeue() : null;
    }

    private static EngineStatistics At(double busy, double idle, long decoded) => new()
    {
        Slots = 8,
        Pending = 3,
        Running = 2,
        PrefilledTokens = 10 * decoded,
        DecodedTokens = decoded,
        CachedPromptTokens = 0,
        PrefillTokensPerSecond = 0,
        DecodeTokensPerSecond = 0,
        BatchFill = 0,
        Busy = TimeSpan.FromSeconds(busy),
        Idle = TimeSpan.FromSeconds(idle),
    };
}
