using Qwen35Batch.Inference.Grammar.Masks;

namespace Qwen35Batch.Inference.Tests.Grammar.Masks;

public class PatternRunBuilderTests
{
    [Fact]
    public void Runs_of_the_same_state_are_one_and_what_is_left_out_leads_nowhere()
    {
        using var builder = new PatternRunBuilder();
        builder.Add(2, 5, 7);
        builder.Add(5, 6, 7);
        builder.Add(6, 8, 1);
        builder.Add(9, 10, 1);

        var runs = builder.Finish(12);

        Assert.Equal([2, 6, 8, 9, 10, 12], runs.Ends.ToArray());
        Assert.Equal([PatternRuns.Nowhere, 7, 1, PatternRuns.Nowhere, 1, PatternRuns.Nowhere], runs.Targets.ToArray());
    }

    [Fact]
    public void There_may_be_any_number_of_runs()
    {
        using var builder = new PatternRunBuilder();
        for (var i = 0; i < 50_000; i++)
            builder.Add(i, i + 1, (ushort)(i % 3));

        var runs = builder.Finish(50_000);

        Assert.Equal(Enumerable.Range(1, 50_000), runs.Ends.ToArray());
        Assert.Equal(Enumerable.Range(0, 50_000).Select(i => (ushort)(i % 3)), runs.Targets.ToArray());
    }
}
