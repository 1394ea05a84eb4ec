using System.Globalization;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>
/// Whether weights, slots and what a step computes fit onto a GPU: known before anything is loaded. A driver would say so after minutes.
/// </summary>
internal static class DeviceMemory
{
    /// <param name="folder">A model folder; all its graphs and their weights count.</param>
    /// <param name="config">Its shapes.</param>
    /// <param name="precision">Of the decoder; null where it is not known.</param>
    /// <param name="options">The slots, the prompts, and the GPU.</param>
    /// <exception cref="DeviceMemoryException">They do not fit; the message has the numbers and what to lower.</exception>
    public static void Check(string folder, ModelConfig config, ModelPrecision? precision, SequenceModelOptions options)
    {
        if (ExecutionProviders.DeviceOf(options.Execution) is { } device) Check(folder, config, precision, options, device);
    }

    internal static void Check(
        string folder, ModelConfig config, ModelPrecision? precision, SequenceModelOptions options, GpuAdapter device)
    {
        if ((options.Execution.DeviceMemoryBytes ?? device.FreeBytes ?? device.MemoryBytes) is not { } room) return;
        var weights = Weights(folder, precision, options.Execution.HalfPrecision ?? device.HasHalf ?? false);
        var settings = VisionSettings.Load(folder);
        var patches = OnnxVisionEncoder.PatchesOfRun(settings);
        var need = Need.Of(weights, config, patches, options, device, options.Slots);
        if (need.All <= room) return;
        var fitting = Enumerable.Range(1, options.Slots - 1)
            .LastOrDefault(slots => Need.Of(weights, config, patches, options, device, slots).All <= room);
        throw new DeviceMemoryException(
            $"{folder} does not fit on {device.Name}: its weights take {Gigabytes(weights)}, {options.Slots} slots of {need.Length} tokens "
                + $"and a place for prompts {Gigabytes(need.Slots)}, snapshots of prefixes up to {Gigabytes(need.Snapshots)}, and what a "
                + $"step computes {Gigabytes(need.Step)} (prompts of {need.Rows} tokens at a time, pictures of {patches} patches: "
                + $"{Gigabytes(need.Tower)}), together {Gigabytes(need.All)}, but {Room(options.Execution, device, room)}. "
                + $"{Advice(need, fitting, room)}; or set Engine:DeviceMemoryBytes, if there is more.");
    }

    /// <summary>Those that are stored in 16 bits are widened when they are loaded, unless they are multiplied in them.</summary>
    private static long Weights(string folder, ModelPrecision? precision, bool isHalf)
    {
        string[] halves = precision switch
        {
            _ when isHalf || !File.Exists(Path.Combine(folder, GraphNames.HalfOf(GraphNames.VisionFile))) => [],
            ModelPrecision.Fp16 => [GraphNames.VisionFile, GraphNames.TextFile],
            _ => [GraphNames.VisionFile],
        };
        var files = new DirectoryInfo(folder).GetFiles("*.onnx*");
        return files.Sum(file => file.Length)
            + files.Where(file => halves.Any(graph => file.Name == graph + ".data")).Sum(file => file.Length);
    }

    private static string Advice(Need need, int fitting, long room) =>
        fitting > 0 ? $"Set Engine:Slots to {fitting} or fewer, or lower Engine:MaxSequenceTokens"
            : need.Weights > room ? "The weights alone do not fit: convert the checkpoint to a smaller precision (--precision int4)"
            : "Not one slot fits beside the rest: lower Engine:PrefillTokensPerStep, Engine:MaxSequenceTokens or Engine:PrefixCacheBytes, "
                + "or convert the checkpoint to a smaller precision (--precision int4)";

    private static string Room(ExecutionProviderOptions execution, GpuAdapter device, long room) =>
        execution.DeviceMemoryBytes is not null ? $"Engine:DeviceMemoryBytes is {Gigabytes(room)}"
            : device.FreeBytes is not null ? $"{Gigabytes(room)} of its {Gigabytes(device.MemoryBytes ?? 0)} are free"
            : $"it has {Gigabytes(room)}";

    private static string Gigabytes(long bytes) => (bytes / 1e9).ToString("0.00", CultureInfo.InvariantCulture) + " GB";

    /// <summary>Bytes on the device.</summary>
    /// <param name="Length">Tokens of a slot.</param>
    /// <param name="Rows">The most tokens of a prompt that go through together.</param>
    /// <param name="Weights">Of all graphs.</param>
    /// <param name="Slots">Of the slots, and of the place at which prompts are fed.</param>
    /// <param name="Snapshots">At most.</param>
    /// <param name="Tower">What the vision tower computes.</param>
    /// <param name="Step">The tower's, and what the decoder computes.</param>
    private sealed record Need(int Length, int Rows, long Weights, long Slots, long Snapshots, long Tower, long Step)
    {
        public long All => Weights + Slots + Snapshots + Step;

        public static Need Of(
            long weights, ModelConfig config, long patches, SequenceModelOptions options, GpuAdapter device, int slots)
        {
            var text = config.Text;
            var length = Math.Min(options.MaxLength, text.MaxPositions);
            var rows = Math.Min(Math.Min(options.PrefillTokens, length), device.MostQueries ?? int.MaxValue);
            var tower = Activations.OfTower(config.Vision, patches);
            var decoder = Activations.OfDecoder(text, Math.Max(rows, slots)) + Activations.OfLogits(text, slots);
            var slot = text.StateBytes + (length * text.StateBytesPerToken);
            return new Need(length, rows, weights, (slots + 1) * slot, options.SnapshotBytes, tower, tower + decoder);
        }
    }
}
