using Qwen35Batch.Contracts;
using Qwen35Batch.Inference.Tests.Tokenization;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tests.Vision;

public sealed class FrameTimesTests
{
    [Fact]
    public void Times_are_those_of_the_reference()
    {
        foreach (var golden in TestFiles.Json("resize-and-sampling-cases.json").GetProperty("frames").EnumerateArray())
        {
            var fps = golden.GetProperty("source_fps").GetDouble();
            var times = FrameTimes.OfPairs([.. golden.GetProperty("indices").EnumerateArray().Select(i => i.GetInt32() / fps)]);
            Assert.Equal(
                golden.GetProperty("timestamps").EnumerateArray().Select(t => t.GetDouble()), times, (a, b) => Math.Abs(a - b) < 1e-6);
            // The reference lists the first texts only.
            var texts = golden.GetProperty("text").EnumerateArray().Select(t => t.GetString()).ToList();
            Assert.Equal(texts, times.Take(texts.Count).Select(ClipFrame.TimeText));
        }
    }
}
