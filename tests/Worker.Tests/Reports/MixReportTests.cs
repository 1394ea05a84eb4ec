using System.Text.Json;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Worker.Reports;

namespace Qwen35Batch.Worker.Tests.Reports;

public sealed class MixReportTests
{
    [Fact]
    public void The_line_of_json_has_every_way_its_ratio_and_the_requests()
    {
        var continuous = new MixRun { Way = MixWay.Continuous, Wall = TimeSpan.FromSeconds(10), AnswerTokens = 1000, BatchFill = 0.8 };
        var padded = new MixRun { Way = MixWay.PaddedWaves, Wall = TimeSpan.FromSeconds(20), AnswerTokens = 1000, BatchFill = 1 };
        var options = new MixBenchmarkOptions { Slots = 4, Execution = new() { Threads = 2 } };

        var line = MixReport.Json("bench@1-fp32", "fp32", options, new MixBenchmarkResult([(40, 16), (600, 256)], continuous, [padded]));

        Assert.DoesNotContain('\n', line);
        const string Expected =
            """
            {"model":"bench@1-fp32","precision":"fp32","threads":2,"slots":4,"runs":[
            {"way":"continuous","wall_seconds":10,"answer_tokens":1000,"tokens_per_second":100,"batch_fill":0.8,"continuous_ratio":1},
            {"way":"padded_waves","wall_seconds":20,"answer_tokens":1000,"tokens_per_second":50,"batch_fill":1,"continuous_ratio":2}],
            "requests":[[40,16],[600,256]]}
            """;
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(Expected).RootElement, JsonDocument.Parse(line).RootElement), line);
    }
}
