using System.Globalization;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>Whether weights and slots fit onto a GPU: known before they are loaded. A driver would say so after minutes.</summary>
internal static class DeviceMemory
{
    /// <param name="folder">A model folder; all its graphs and their weights count.</param>
    /// <param name="text">Its decoder.</param>
    /// <param name="options">The slots, and the GPU.</param>
    /// <exception cref="ExecutionProviderException">They do not fit; the message has the numbers and what to lower.</exception>
    public static void Check(string folder, TextConfig text, SequenceModelOptions options)
    {
        if (ExecutionProviders.DeviceOf(options.Execution) is { } device) Check(folder, text, options, device);
    }

    internal static void Check(string folder, TextConfig text, SequenceModelOptions options, GpuAdapter device)
    {
        if ((options.Execution.DeviceMemoryBytes ?? device.FreeBytes ?? device.MemoryBytes) is not { } room) return;
        var weights = new DirectoryInfo(folder).EnumerateFiles("*.onnx*").Sum(file => file.Length);
        var length = Math.Min(options.MaxLength, text.MaxPositions);
        var slot = text.StateBytes + (length * text.StateBytesPerToken);

        // A prompt is fed at a place of its own.
        var slots = (options.Slots + 1) * slot;
        if (weights + slots <= room) return;
        var fitting = (Math.Max(0, room - weights) / slot) - 1;
        var advice = fitting > 0
            ? $"Set Engine:Slots to {fitting} or fewer, or lower Engine:MaxSequenceTokens"
            : "Not one slot fits beside the weights: convert the checkpoint to a smaller precision (--precision int4), or lower "
                + "Engine:MaxSequenceTokens";
        throw new ExecutionProviderException(
            $"{folder} does not fit on {device.Name}: its weights take {Gigabytes(weights)} and {options.Slots} slots of {length} tokens "
                + $"and a place for prompts {Gigabytes(slots)}, together {Gigabytes(weights + slots)}, but "
                + $"{Room(options.Execution, device, room)}. {advice}; or set Engine:DeviceMemoryBytes, if there is more.");
    }

    private static string Room(ExecutionProviderOptions execution, GpuAdapter device, long room) =>
        execution.DeviceMemoryBytes is not null ? $"Engine:DeviceMemoryBytes is {Gigabytes(room)}"
            : device.FreeBytes is not null ? $"{Gigabytes(room)} of its {Gigabytes(device.MemoryBytes ?? 0)} are free"
            : $"it has {Gigabytes(room)}";

    private static string Gigabytes(long bytes) => (bytes / 1e9).ToString("0.00", CultureInfo.InvariantCulture) + " GB";
}
