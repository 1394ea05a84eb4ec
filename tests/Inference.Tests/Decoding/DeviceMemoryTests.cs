using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Decoding;

public sealed class DeviceMemoryTests : IDisposable
{
    private const long Weights = 3_000_000;

    /// <summary>
    /// Three linear layers, 4 x (3 x 128 + 2 x 16 x 32) bytes each; one of attention, 4 x 2 x 32 bytes a token, 64 tokens.
    /// </summary>
    private const long Slot = (3 * 5_632) + (64 * 256);

    private const long Snapshots = 10_000;

    /// <summary>8,192 patches, of which 3 x 2 x 16 x 16 values and two of a width of 32 are held.</summary>
    private const long Tower = 8_192 * 4 * (1_536 + 64);

    /// <summary>32 tokens: three of a width of 64, and twice the 128 + 32 + 32 + 128 of attention.</summary>
    private const long Prompt = 32 * 4 * (192 + 640);

    /// <summary>Of four slots, on the device, on the way down, and six rows more to find the best of each.</summary>
    private const long Logits = 4 * (2 + 6) * 4 * 2_048;

    private const long All = Weights + (5 * Slot) + Snapshots + Tower + Prompt + Logits;

    private static readonly ModelConfig Config = ModelConfig.Read(TestData.Folder("tiny-dense"));

    private readonly TemporaryFolder _folder = new();

    public DeviceMemoryTests()
    {
        Write("text.onnx", 1_000_000);
        Write("text.onnx.data", 1_500_000);
        Write("vision.onnx", 500_000);
        Write("tokenizer.json", 700_000);
        LimitPictures(1_000_000);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_fills_the_memory_to_the_last_byte_fits() => Check(4, Gpu(All));

    [Fact]
    public void One_byte_less_is_refused_with_the_numbers_and_what_to_lower()
    {
        var error = Refused(4, Gpu(All - 1));

        Assert.Contains(
            "its weights take 0.00 GB, 4 slots of 64 tokens and a place for prompts 0.00 GB, snapshots of prefixes up to 0.00 GB, and what "
                + "a step computes 0.05 GB (prompts of 32 tokens at a time, pictures of 8192 patches: 0.05 GB), together 0.06 GB, but it "
                + "has 0.06 GB. Set Engine:Slots to 3 or fewer, or lower Engine:MaxSequenceTokens",
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Slots_that_are_proposed_fit()
    {
        var room = Gpu(All + (4 * (Slot + (Logits / 4))) + Slot);

        Assert.Contains("Set Engine:Slots to 8 or fewer", Refused(64, room), StringComparison.Ordinal);
        Check(8, room);
        Refused(9, room);
    }

    [Fact]
    public void Weights_that_do_not_fit_alone_need_a_smaller_precision() =>
        Assert.Contains("The weights alone do not fit", Refused(1, Gpu(Weights - 1)), StringComparison.Ordinal);

    [Fact]
    public void Where_not_one_slot_fits_it_is_told_what_else_takes_memory() =>
        Assert.Contains(
            "Not one slot fits beside the rest: lower Engine:PrefillTokensPerStep", Refused(4, Gpu(Weights)), StringComparison.Ordinal);

    [Fact]
    public void A_larger_picture_takes_more()
    {
        LimitPictures(16_777_216);
        const long More = (65_536 - 8_192) * 4 * (1_536 + 64);

        Check(4, Gpu(All + More));

        Assert.Contains("pictures of 65536 patches", Refused(4, Gpu(All + More - 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gpu_of_few_lanes_is_fed_fewer_tokens_at_a_time()
    {
        var fewer = Gpu(All - (4 * (192 + 640))) with { SubgroupLanes = 4 };

        Check(4, fewer);

        Assert.Contains("prompts of 31 tokens", Refused(4, fewer with { MemoryBytes = fewer.MemoryBytes - 1 }), StringComparison.Ordinal);
    }

    [Fact]
    public void What_others_leave_counts_and_not_what_the_gpu_has() =>
        Assert.Contains(
            "of its 24.00 GB are free", Refused(4, Gpu(24_000_000_000) with { FreeBytes = Weights }), StringComparison.Ordinal);

    [Theory]
    [InlineData(ModelPrecision.Int4, 700_000)]
    [InlineData(ModelPrecision.Fp16, 700_000 + 1_500_000)]
    public void Weights_in_16_bits_take_twice_as_much_on_a_gpu_that_does_not_compute_in_them(ModelPrecision precision, long halves)
    {
        Write("vision.onnx.data", 700_000);
        Write("vision.half.onnx", 0);
        const long Stored = All + 700_000;
        var able = Gpu(Stored) with { Features = [GpuAdapter.HalfFeature] };

        Check(4, able, precision: precision);
        Check(4, Gpu(Stored + halves), precision: precision);
        Refused(4, able with { MemoryBytes = Stored - 1 }, precision: precision);
        Refused(4, Gpu(Stored + halves - 1), precision: precision);
    }

    [Fact]
    public void The_setting_decides_where_it_is_given()
    {
        Check(4, Gpu(Weights), bytes: All);

        Assert.Contains("Engine:DeviceMemoryBytes is 0.00 GB", Refused(4, Gpu(24_000_000_000), bytes: 1), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gpu_that_does_not_say_its_memory_is_believed() => Check(4, Gpu(null));

    [Fact]
    public void All_experts_of_a_layer_are_computed_side_by_side()
    {
        // Three of a width of 64, and four of 8 experts of 32.
        var text = ModelConfig.Read(TestData.Folder("tiny-moe")).Text;

        Assert.Equal(10 * 4 * (192 + (4 * 8 * 32)), Activations.OfDecoder(text, 10));
    }

    [Theory]
    [InlineData(8, 2 + 6)]
    [InlineData(32, 2 + 6)]
    [InlineData(128, 2 + 1.5)]
    public void The_best_logits_are_looked_for_in_32_rows_at_a_time(int slots, double rows)
    {
        const long Row = 4 * 2_048;

        Assert.Equal((long)(slots * rows) * Row, Activations.OfLogits(Config.Text, slots));
    }

    [Fact]
    public void Of_a_tower_as_large_as_those_of_the_published_models_the_feed_forward_is_the_widest()
    {
        var vision = Config.Vision with { HiddenSize = 1152, IntermediateSize = 4304 };

        Assert.Equal(65_536L * 4 * ((2 * 1152) + (2 * 4304)), Activations.OfTower(vision, 65_536));
    }

    private static GpuAdapter Gpu(long? bytes) => new(0, "Card", GpuKind.Discrete, 1, 2) { MemoryBytes = bytes };

    private string Refused(int slots, GpuAdapter device, long? bytes = null, ModelPrecision? precision = null) =>
        Assert.Throws<DeviceMemoryException>(() => Check(slots, device, bytes, precision)).Message;

    private void Check(int slots, GpuAdapter device, long? bytes = null, ModelPrecision? precision = null) => DeviceMemory.Check(
        _folder.FolderPath,
        Config,
        precision,
        new SequenceModelOptions
        {
            Slots = slots,
            MaxLength = 64,
            PrefillTokens = 32,
            SnapshotBytes = Snapshots,
            Execution = new ExecutionProviderOptions { DeviceMemoryBytes = bytes }
        },
        device);

    private void LimitPictures(long pixels) => File.WriteAllText(
        Path.Combine(_folder.FolderPath, "preprocessor_config.json"), $$"""{"max_pixels": {{pixels}}}""");

    private void Write(string name, int bytes) => File.WriteAllBytes(Path.Combine(_folder.FolderPath, name), new byte[bytes]);
}
