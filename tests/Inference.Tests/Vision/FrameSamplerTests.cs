using Qwen35Batch.Inference.Tests.Tokenization;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tests.Vision;

public sealed class FrameSamplerTests
{
    [Fact]
    public void Frames_and_times_are_those_of_the_reference()
    {
        foreach (var golden in TestFiles.Json("resize-and-sampling-cases.json").GetProperty("frames").EnumerateArray())
        {
            var fps = golden.GetProperty("source_fps").GetDouble();
            var indexes = FrameSampler.Indexes(golden.GetProperty("total_frames").GetInt32(), fps, golden.GetProperty("sample_fps").GetDouble());
            Assert.Equal(golden.GetProperty("indices").EnumerateArray().Select(i => i.GetInt32()), indexes);
            var times = FrameTimes.OfPairs([.. indexes.Select(i => i / fps)]);
            Assert.Equal(golden.GetProperty("timestamps").EnumerateArray().Select(t => t.GetDouble()), times, (a, b) => Math.Abs(a - b) < 1e-6);
            // The reference lists the first texts only.
            var texts = golden.GetProperty("text").EnumerateArray().Select(t => t.GetString()).ToList();
            Assert.Equal(texts, times.Take(texts.Count).Select(FrameTimes.Text));
        }
    }

    [Theory]
    [InlineData(0.25, "<0.2 seconds>")]
    [InlineData(0.75, "<0.8 seconds>")]
    [InlineData(1000.25, "<1000.2 seconds>")]
    [InlineData(0.15, "<0.1 seconds>")]
    [InlineData(0.35, "<0.3 seconds>")]
    [InlineData(2.0, "<2.0 seconds>")]
    [InlineData(99.95, "<100.0 seconds>")]
    public void A_half_is_rounded_to_even(double seconds, string text) => Assert.Equal(text, FrameTimes.Text(seconds));

    [Fact]
    public void One_frame_is_sampled_once() => Assert.Equal([0], FrameSampler.Indexes(1, 25, 2));
}
