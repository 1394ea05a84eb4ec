using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Qwen35Batch.Inference.Providers;

/// <summary>The GPUs of this machine, and which of them a setting means.</summary>
public static class GpuAdapters
{
    /// <summary>
    /// All GPUs, as Vulkan's loader has them on Linux and Windows. Where there is none, those that ONNX Runtime found, of which less is
    /// known. Make ONNX Runtime's library known before.
    /// </summary>
    public static IReadOnlyList<GpuAdapter> List()
    {
        var vulkan = OperatingSystem.IsMacOS() ? [] : VulkanAdapters.List();
        return vulkan.Count > 0 || OperatingSystem.IsLinux() ? vulkan : FromRuntime();
    }

    /// <summary>The GPU that a setting means; without one, what the provider takes: a card before the processor's own graphics.</summary>
    /// <param name="adapters">All of them.</param>
    /// <param name="device">A number of the list, or a part of a name; null or empty for the first of the best kind.</param>
    /// <returns>Null when nothing was asked for and there is none.</returns>
    /// <exception cref="ExecutionProviderException">None is meant, or several are; the message lists them.</exception>
    internal static GpuAdapter? Choose(IReadOnlyList<GpuAdapter> adapters, string? device)
    {
        if (string.IsNullOrWhiteSpace(device)) return adapters.OrderBy(adapter => adapter.Kind).FirstOrDefault();
        if (int.TryParse(device, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < adapters.Count)
            return adapters[index];
        var named = adapters.Where(adapter => adapter.Name.Contains(device, StringComparison.OrdinalIgnoreCase)).ToList();
        return named switch
        {
            [var only] => only,
            [] => throw new ExecutionProviderException(
                $"Engine:Device is \"{device}\", but no GPU has this number or name. {Known(adapters)}"),
            _ => throw new ExecutionProviderException(
                $"Engine:Device is \"{device}\", which is a part of several names. Give a number. {Known(adapters)}"),
        };
    }

    private static string Known(IReadOnlyList<GpuAdapter> adapters) => adapters.Count == 0
        ? "This machine has none."
        : $"There are: {string.Join(", ", adapters.Select(adapter => $"{adapter.Index} ({adapter.Name})"))}.";

    private static IReadOnlyList<GpuAdapter> FromRuntime() =>
        [.. OrtEnv.Instance().GetHardwareDevices()
            .Where(device => device.Type == OrtHardwareDeviceType.GPU)
            .Select((device, index) => new GpuAdapter(
                index,
                device.Metadata.Entries.TryGetValue("Description", out var name) ? name : device.Vendor,
                GpuKind.Other,
                device.VendorId,
                device.DeviceId))];
}
