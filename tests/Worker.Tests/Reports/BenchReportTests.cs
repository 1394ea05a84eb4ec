using System.Text.Json;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Worker.Reports;

namespace Qwen35Batch.Worker.Tests.Reports;

public sealed class BenchReportTests
{
    [Fact]
    public void The_line_of_json_has_the_documented_form()
    {
        var result = new EngineBenchmarkResult
        {
            Batch = 32,
            PromptTokens = 256,
            GeneratedTokens = 64,
            PrefillTokensPerSecond = 412.34567,
            DecodeTokensPerSecond = 160.5,
            TimeToFirstToken = TimeSpan.FromMilliseconds(1234.5),
            BatchFill = 1,
            Step = new EngineStepSplit(
                TimeSpan.FromMilliseconds(190), TimeSpan.FromMilliseconds(2.5), TimeSpan.Zero, TimeSpan.FromMilliseconds(0.25)),
            Traffic = new DeviceTraffic(10, 1280, 2_621_440, 256, 9000, 0),
            PeakMemoryBytes = 3_600_400_000,
        };

        var line = BenchReport.Json("bench@1-fp32", "fp32", 2, [result]);

        Assert.DoesNotContain('\n', line);
        const string Expected =
            """
            {"model":"bench@1-fp32","precision":"fp32","threads":2,"batches":[{"batch":32,"prompt":256,"generate":64,
            "prefill_tokens_per_second":412.346,"decode_tokens_per_second":160.5,"time_to_first_token_ms":1234.5,
            "step_ms":{"model":190,"sampler":2.5,"grammar":0,"other":0.25},
            "bytes_per_step":{"up":128,"down":262144},"peak_memory_mb":3600}]}
            """;
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(Expected).RootElement, JsonDocument.Parse(line).RootElement), line);
    }
}
