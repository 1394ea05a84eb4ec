using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Tests.Decoding;

public sealed class GuardedLogitsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_read_that_fails_is_told_apart_from_a_device_that_is_lost(bool answers)
    {
        var logits = new GuardedLogits(new Broken(), new DeviceGuard(new Probe(answers)));
        var expected = answers ? typeof(OnnxRuntimeException) : typeof(DeviceLostException);

        Assert.IsType(expected, Record.Exception(() => logits.Read([])));
        Assert.IsType(expected, Record.Exception(() => logits.ReadWhole(0, new float[1])));
    }

    private sealed class Broken : IKeptLogits
    {
        private static readonly OnnxRuntimeException Fault = Assert.Throws<OnnxRuntimeException>(() => new InferenceSession([1, 2, 3]));

        public void Read(IReadOnlyList<BestLogits> rows) => throw Fault;

        public void ReadWhole(int row, Span<float> logits) => throw Fault;
    }

    private sealed class Probe(bool answers) : IDeviceProbe
    {
        public Lock Turn { get; } = new();

        public bool Answers() => answers;

        public void Dispose()
        {
        }
    }
}
