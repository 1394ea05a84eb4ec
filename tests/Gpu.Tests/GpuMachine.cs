using System.Runtime.InteropServices;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Gpu.Tests;

/// <summary>
/// What a test on WebGPU needs of this machine: the runtime that <c>tools/setup.sh webgpu</c> fetched, and a Vulkan driver. Without
/// VK_DRIVER_FILES that is SwiftShader, which Chromium brings and which computes on the CPU. A machine that lacks one of them skips the
/// test and says which.
/// </summary>
public sealed partial class GpuMachine : IDisposable
{
    private const string SwiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";

    private readonly TemporaryFolder _links = new();
    private readonly string? _missing;

    /// <summary>Shaders that were compiled are forgotten with the last session.</summary>
    private DeviceProbe? _session;

    public GpuMachine()
    {
        Runtime = Environment.GetEnvironmentVariable("QWEN35BATCH_TEST_ONNXRUNTIME") ?? Named(FetchedRuntime.Find());
        _missing = Runtime is null ? $"an ONNX Runtime with WebGPU; 'tools/setup.sh webgpu' fetches it to {FetchedRuntime.Folder}"
            : OperatingSystem.IsLinux() ? MissingOnLinux()
            : null;
    }

    private string? Runtime { get; }

    /// <summary>On what a model computes in a test; the test is skipped where it cannot.</summary>
    public ExecutionProviderOptions Execution()
    {
        if (_missing is not null) Assert.Skip($"This machine lacks {_missing}.");
        _session ??= new DeviceProbe(Options());
        return Options();

        ExecutionProviderOptions Options() => new() { Provider = "WebGpu", RuntimeLibrary = Runtime };
    }

    public void Dispose()
    {
        _session?.Dispose();
        _links.Dispose();
    }

    /// <summary>Another name, by which it would not be found without being told.</summary>
    private string? Named(string? fetched)
    {
        if (fetched is null || OperatingSystem.IsWindows()) return fetched;
        var link = Path.Combine(_links.FolderPath, FetchedRuntime.FileName);
        File.CreateSymbolicLink(link, fetched);
        return link;
    }

    private static string? MissingOnLinux()
    {
        if (!NativeLibrary.TryLoad("libvulkan.so.1", out _)) return "the Vulkan loader; 'tools/setup.sh tests' installs libvulkan1";
        if (Environment.GetEnvironmentVariable("VK_DRIVER_FILES") is { Length: > 0 }) return null;
        if (!File.Exists(SwiftShader)) return $"a Vulkan driver: {SwiftShader} of Chromium; 'tools/setup.sh tests' installs it";

        // The loader reads the environment of the process, which the runtime's own copy does not change.
        _ = SetEnvironment("VK_DRIVER_FILES", SwiftShader, 1);
        _ = SetEnvironment("VK_ICD_FILENAMES", SwiftShader, 1);
        return null;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
