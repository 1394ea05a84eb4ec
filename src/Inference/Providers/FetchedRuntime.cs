namespace Qwen35Batch.Inference.Providers;

/// <summary>The ONNX Runtime with WebGpu that <c>tools/setup.sh webgpu</c> fetched for this user.</summary>
public static class FetchedRuntime
{
    /// <summary>Where it lies: <c>qwen35batch/runtimes/webgpu</c> in the user's folder for local data.</summary>
    public static string Folder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "qwen35batch",
        "runtimes",
        "webgpu");

    /// <summary>What the library is called on this system.</summary>
    public static string FileName =>
        OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.1.dylib" : "libonnxruntime.so.1";

    /// <summary>Its path; null when it was not fetched.</summary>
    public static string? Find() => Path.Combine(Folder, FileName) is var file && File.Exists(file) ? file : null;
}
