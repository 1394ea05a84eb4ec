using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Qwen35Batch.Inference.Providers;

/// <summary>ONNX Runtime's provider for the GPUs of all makers: Vulkan on Linux, Direct3D 12 on Windows, Metal on macOS.</summary>
internal static partial class WebGpuProvider
{
    /// <summary>What the provider calls itself in a list of providers.</summary>
    public const string Name = "WebGpuExecutionProvider";

    /// <summary>What its memory is called.</summary>
    public const string MemoryName = "WebGPU_Buf";

    /// <summary>What it is called when it is appended.</summary>
    private const string AppendName = "WebGPU";

    /// <summary>Vulkan's loader puts this device first, of which the provider takes the first of a kind.</summary>
    private const string LoaderSelection = "VK_LOADER_DEVICE_SELECT";

    /// <exception cref="ExecutionProviderException">The library lacks it, or it finds no GPU; the message says what to do.</exception>
    public static void Append(SessionOptions session, string? device, string[] nodesOnCpu)
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(Name))
        {
            var advice = RuntimeLibrary.ChosenFile is null
                ? "Fetch one that has with 'tools/setup.sh webgpu'"
                : "Fetch one that has with 'tools/setup.sh webgpu', and leave Engine:RuntimeLibrary empty";
            throw new ExecutionProviderException(
                $"The ONNX Runtime {RuntimeLibrary.LoadedVersion()} in use ({RuntimeLibrary.ChosenFile ?? "the program's own"}) has no "
                    + $"WebGpu execution provider. {advice}; or choose the provider Cpu.");
        }

        if (OperatingSystem.IsLinux() && !VulkanAdapters.IsLoaderThere)
        {
            throw new ExecutionProviderException(
                $"WebGpu needs the Vulkan loader, {VulkanAdapters.LoaderName}, which is not installed. Install libvulkan1 (Debian, Ubuntu) "
                    + $"or vulkan-loader (Fedora); or choose the provider Cpu.");
        }

        var adapters = GpuAdapters.List();
        if (OperatingSystem.IsLinux() && adapters.Count == 0)
        {
            throw new ExecutionProviderException(NoGpu(Environment.GetEnvironmentVariable));
        }

        var chosen = GpuAdapters.Choose(adapters, device);
        if (!string.IsNullOrWhiteSpace(device)) Select(adapters, chosen!);

        // The default takes what saves power: the processor's own graphics where there is also a card.
        var preference = chosen?.Kind == GpuKind.Integrated ? "low-power" : "high-performance";
        var options = new Dictionary<string, string> { ["powerPreference"] = preference };
        if (nodesOnCpu.Length > 0) options.Add("forceCpuNodeNames", string.Join('\n', nodesOnCpu));
        try
        {
            session.AppendExecutionProvider(AppendName, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ExecutionProviderException(
                $"WebGpu cannot be used on {chosen?.Name ?? "this machine"}: {ExecutionProviders.Reason(error)} It needs a GPU whose "
                    + $"driver knows Vulkan 1.1, Direct3D 12 or Metal; Mesa's llvmpipe is no such. Update the driver, or choose the "
                    + $"provider Cpu.",
                error);
        }
    }

    /// <summary>The provider takes the first device of the kind that it prefers, and no number.</summary>
    private static void Select(IReadOnlyList<GpuAdapter> adapters, GpuAdapter chosen)
    {
        if (chosen.Kind > GpuKind.Integrated && adapters.Any(other => other.Kind <= GpuKind.Integrated))
        {
            throw new ExecutionProviderException(
                $"Engine:Device is {chosen.Name}, but the provider takes a card or the processor's graphics where there is one. Leave "
                    + $"Engine:Device empty, and show this process that device alone, such as with VK_DRIVER_FILES.");
        }

        var rivals = adapters.Where(other => other.Kind == chosen.Kind && other != chosen).ToList();
        if (rivals.Count == 0) return;
        var twin = rivals.FirstOrDefault(other => (other.VendorId, other.DeviceId) == (chosen.VendorId, chosen.DeviceId));
        if (!OperatingSystem.IsLinux() || twin is not null)
        {
            throw new ExecutionProviderException(
                $"Engine:Device cannot tell {chosen.Name} from {(twin ?? rivals[0]).Name}: the provider chooses by kind"
                    + $"{(OperatingSystem.IsLinux() ? " and model" : "")} only. Leave Engine:Device empty, and show this process one of "
                    + $"them (in a container, or with the driver's own variables).");
        }

        // The loader reads the environment of the process, of which the runtime has a copy of its own.
        _ = SetEnvironment(LoaderSelection, $"{chosen.VendorId:x}:{chosen.DeviceId:x}", 1);
    }

    /// <summary>Why there may be no GPU.</summary>
    /// <param name="variable">A variable of the environment by its name.</param>
    internal static string NoGpu(Func<string, string?> variable)
    {
        // Vulkan's loader looks nowhere else where one of these is set; the second is the older name.
        foreach (var name in (ReadOnlySpan<string>)["VK_DRIVER_FILES", "VK_ICD_FILENAMES"])
        {
            if (variable(name) is not { Length: > 0 } files) continue;
            var missing = files.Split(Path.PathSeparator).FirstOrDefault(file => !File.Exists(file) && !Directory.Exists(file));
            return $"WebGpu finds no GPU: {name} is {files}, and Vulkan sees the drivers of these files only"
                + (missing is null ? ", which see none. " : $"; there is no {missing}. ")
                + $"Name the right ones, or unset {name}; or choose the provider Cpu.";
        }

        return "WebGpu finds no GPU: no Vulkan driver is installed, or none sees one. Install the driver of your GPU (NVIDIA's own, or "
            + "mesa-vulkan-drivers for AMD and Intel). A container must be given the GPU, and for NVIDIA also "
            + "NVIDIA_DRIVER_CAPABILITIES=compute,graphics,utility. Or choose the provider Cpu.";
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
