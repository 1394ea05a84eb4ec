using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Verification;
using Qwen35Batch.Worker.Commands;
using Qwen35Batch.Worker.Reports;

namespace Qwen35Batch.Worker.Tests.Cli;

public sealed class ModelReportTests
{
    [Fact]
    public void A_models_size_is_told_by_part_and_with_its_state()
    {
        var size = new ModelSize(
            ModelPrecision.Int4,
            [
                new PartSize(ModelPart.Experts, 32_000_000, 18_000_000),
                new PartSize(ModelPart.Dense, 0, 0),
                new PartSize(ModelPart.Vision, 1_000_000, 4_000_000)
            ],
            IsMeasured: false,
            StateBytes: 500_000,
            StateBytesPerToken: 100);

        var lines = ModelInfoReport.Lines(size, slots: 4, tokens: 10_000).ToArray();

        Assert.Equal("int4, estimated from the configuration", lines[0]);
        Assert.Equal(
            [
                ["part", "parameters", "bytes", "each", "MB"],
                ["experts", "32,000,000", "0.563", "18.0"],
                ["vision", "1,000,000", "4.000", "4.0"],
                ["all", "33,000,000", "0.667", "22.0"]
            ],
            lines[1..^1].Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal("state: 1.5 MB a slot of 10,000 tokens, 6.0 MB for 4 slots", lines[^1]);
    }

    [Fact]
    public void On_a_gpu_what_a_step_computes_is_told_and_all_added_up()
    {
        var size = new ModelSize(
            ModelPrecision.Int4, [new PartSize(ModelPart.Dense, 32_000_000, 18_000_000)], IsMeasured: true, 500_000, 100);

        var lines = ModelInfoReport.Lines(size, slots: 4, tokens: 10_000, step: (7_000_000, 2_000_000)).ToArray();

        Assert.Equal("a step on a GPU: about 2.0 MB for prompts and answers, 7.0 MB for the largest picture", lines[^2]);
        Assert.Equal("all on a GPU, with a place for prompts: about 34.5 MB", lines[^1]);
    }

    [Fact]
    public void The_distance_from_the_reference_is_summed_up_over_all_cases()
    {
        VerifyResult[] results =
        [
            new() { Name = "one", LogitDivergence = 0.01, GreedyMatched = 9, GreedyCompared = 10 },
            new() { Name = "two", LogitDivergence = 0.03, GreedyMatched = 5, GreedyCompared = 6 },
            new() { Name = "damaged", Failure = "It is damaged." },
        ];

        Assert.Equal("all 3 cases  mean divergence 2.0e-2 nats  greedy 14/16 (87.5%)  1 failed", ModelCommand.Summary(results));
    }
}
