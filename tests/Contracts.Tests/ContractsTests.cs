using System.Text.Json;

namespace Qwen35Batch.Contracts.Tests;

public sealed class ContractsTests
{
    [Fact]
    public void A_submission_survives_a_round_trip_through_json()
    {
        var sent = new SubmitJob
        {
            JobId = Guid.Parse("0199a1b2-0000-7000-8000-000000000001"),
            Source = "/media/請求書.pdf",
            Task = "document",
            Options = new() { Language = "ja", MaxPages = 3 },
            Priority = 5,
            CorrelationId = "order-1",
        };

        var received = JsonSerializer.Deserialize<SubmitJob>(JsonSerializer.Serialize(sent));

        Assert.Equal(sent, received);
    }

    [Fact]
    public void Usages_add_up_field_by_field()
    {
        var one = new Usage { InputTokens = 1, CachedInputTokens = 2, OutputTokens = 3, Pictures = 4, ModelMilliseconds = 5 };

        Assert.Equal(
            new Usage { InputTokens = 2, CachedInputTokens = 4, OutputTokens = 6, Pictures = 8, ModelMilliseconds = 10 },
            one + one);
    }

    [Theory]
    [InlineData(0.25, "<0.2 seconds>")]
    [InlineData(0.75, "<0.8 seconds>")]
    [InlineData(1000.25, "<1000.2 seconds>")]
    [InlineData(0.15, "<0.1 seconds>")]
    [InlineData(0.35, "<0.3 seconds>")]
    [InlineData(2.0, "<2.0 seconds>")]
    [InlineData(99.95, "<100.0 seconds>")]
    public void The_time_of_a_frame_is_rounded_as_python_does(double seconds, string text) =>
        Assert.Equal(text, ClipFrame.TimeText(seconds));
}
