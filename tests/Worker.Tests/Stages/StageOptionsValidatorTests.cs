using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Stages;

namespace Qwen35Batch.Worker.Tests.Stages;

public sealed class StageOptionsValidatorTests
{
    [Fact]
    public void Two_heartbeats_may_be_lost_before_a_lease_ends()
    {
        var result = new StageOptionsValidator().Validate(null, new() { HeartbeatInterval = TimeSpan.FromSeconds(31) });

        Assert.Equal(
            "Stages:HeartbeatInterval is 00:00:31; it takes at most a third of Stages:LeaseDuration (00:01:30), so that two lost "
                + "heartbeats lose no work.",
            Assert.Single(result.Failures!));
        Assert.True(new StageOptionsValidator().Validate(null, new()).Succeeded);
    }

    [Theory]
    [InlineData(0, 8, 12)]
    [InlineData(0, 1, 2)]
    [InlineData(5, 8, 5)]
    public void Half_as_many_segments_again_as_slots_are_worked_on_unless_a_number_is_set(int configured, int slots, int expected)
    {
        Assert.Equal(expected, new EngineCapacity(slots).SegmentsAtOnce(configured));
    }
}
