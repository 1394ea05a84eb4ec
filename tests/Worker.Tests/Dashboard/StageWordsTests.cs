using Qwen35Batch.Worker.Dashboard;

namespace Qwen35Batch.Worker.Tests.Dashboard;

public sealed class StageWordsTests
{
    [Fact]
    public void Where_nothing_is_to_do_every_stage_is_starved() => Assert.All(
        StageWords.Say([Stage("Acquire", 0, 0, 8), Stage("Extract", 0, 0, 12), Stage("Infer", 0, 0, 8), Stage("Publish", 0, 0)]),
        stage => Assert.Equal(StageWord.Starved, stage.Word));

    [Fact]
    public void An_engine_whose_slots_are_taken_and_waited_for_is_the_bottleneck_however_much_waits_before() => Assert.Equal(
        [StageWord.Balanced, StageWord.Balanced, StageWord.Bottleneck, StageWord.Starved],
        Words([Stage("Acquire", 500, 8, 8), Stage("Extract", 90, 2, 12), Stage("Infer", 4, 8, 8), Stage("Publish", 0, 0)]));

    [Fact]
    public void An_engine_that_waits_for_media_is_starved_and_what_it_waits_for_is_the_bottleneck() => Assert.Equal(
        [StageWord.Balanced, StageWord.Bottleneck, StageWord.Starved],
        Words([Stage("Acquire", 10, 1, 8), Stage("Extract", 90, 11, 12), Stage("Infer", 0, 1, 8)]));

    [Fact]
    public void A_fetch_with_places_left_is_the_bottleneck_where_all_else_waits_for_it() => Assert.Equal(
        [StageWord.Bottleneck, StageWord.Starved, StageWord.Starved],
        Words([Stage("Acquire", 10, 2, 8), Stage("Extract", 0, 0, 12), Stage("Infer", 0, 0, 8)]));

    [Fact]
    public void Work_that_waits_while_nobody_works_has_no_bottleneck() => Assert.DoesNotContain(
        StageWord.Bottleneck, Words([Stage("Acquire", 10, 0, 8), Stage("Extract", 5, 0, 12), Stage("Infer", 0, 0, 8)]));

    [Fact]
    public void A_stage_that_does_what_comes_is_balanced() => Assert.Equal(
        [StageWord.Balanced, StageWord.Balanced],
        Words([Stage("Infer", 0, 6, 8), Stage("Persist", null, 0) with { AtOnce = 0.2 }]));

    private static IEnumerable<StageWord> Words(IReadOnlyList<DashboardStage> stages) => StageWords.Say(stages).Select(stage => stage.Word);

    private static DashboardStage Stage(string name, long? queue, long running, int? places = null) =>
        new() { Name = name, PerMinute = 0, Queue = queue, Running = running, AtOnce = running, Places = places };
}
