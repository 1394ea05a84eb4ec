using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Decoding;

public sealed class DeviceMemoryTests : IDisposable
{
    private const long Weights = 3_000_000;

    private static readonly TextConfig Text = ModelConfig.Read(TestData.Folder("tiny-dense")).Text;
    private static readonly long Slot = Text.StateBytes + (64 * Text.StateBytesPerToken);

    private readonly TemporaryFolder _folder = new();

    public DeviceMemoryTests()
    {
        Write("text.onnx", 1_000_000);
        Write("text.onnx.data", 1_500_000);
        Write("vision.onnx", 500_000);
        Write("tokenizer.json", 700_000);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Weights_slots_and_a_place_for_prompts_that_fill_the_memory_fit() => Check(4, Gpu(Weights + (5 * Slot)));

    [Fact]
    public void One_byte_less_is_refused_with_the_numbers_and_what_to_lower()
    {
        var error = Refused(4, Gpu(Weights + (5 * Slot) - 1));

        Assert.Contains($"its weights take 0.00 GB and 4 slots of 64 tokens and a place for prompts", error, StringComparison.Ordinal);
        Assert.Contains("Set Engine:Slots to 3 or fewer, or lower Engine:MaxSequenceTokens", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_do_not_fit_alone_need_a_smaller_precision() =>
        Assert.Contains("Not one slot fits beside the weights", Refused(1, Gpu(Weights + Slot)), StringComparison.Ordinal);

    [Fact]
    public void What_others_leave_counts_and_not_what_the_gpu_has() =>
        Assert.Contains(
            "of its 24.00 GB are free", Refused(4, Gpu(24_000_000_000) with { FreeBytes = Weights }), StringComparison.Ordinal);

    [Fact]
    public void The_setting_decides_where_it_is_given()
    {
        Check(4, Gpu(Weights), bytes: Weights + (5 * Slot));

        Assert.Contains("Engine:DeviceMemoryBytes is 0.00 GB", Refused(4, Gpu(24_000_000_000), bytes: 1), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gpu_that_does_not_say_its_memory_is_believed() => Check(4, Gpu(null));

    private static GpuAdapter Gpu(long? bytes) => new(0, "Card", GpuKind.Discrete, 1, 2) { MemoryBytes = bytes };

    private string Refused(int slots, GpuAdapter device, long? bytes = null) =>
        Assert.Throws<ExecutionProviderException>(() => Check(slots, device, bytes)).Message;

    private void Check(int slots, GpuAdapter device, long? bytes = null) => DeviceMemory.Check(
        _folder.FolderPath,
        Text,
        new SequenceModelOptions
        {
            Slots = slots,
            MaxLength = 64,
            Execution = new ExecutionProviderOptions { DeviceMemoryBytes = bytes }
        },
        device);

    private void Write(string name, int bytes) => File.WriteAllBytes(Path.Combine(_folder.FolderPath, name), new byte[bytes]);
}
