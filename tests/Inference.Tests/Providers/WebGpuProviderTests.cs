using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Providers;

public sealed class WebGpuProviderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_driver_file_that_is_not_there_is_named()
    {
        var here = Write("here.json");

        var reason = WebGpuProvider.NoGpu(name => name == "VK_DRIVER_FILES" ? $"{here}:/nowhere/gpu.json" : null);

        Assert.StartsWith(
            $"WebGpu finds no GPU: VK_DRIVER_FILES is {here}:/nowhere/gpu.json, and Vulkan sees the drivers of these files only; there is "
                + "no /nowhere/gpu.json. Name the right ones, or unset VK_DRIVER_FILES",
            reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Driver_files_that_find_nothing_are_named()
    {
        var here = Write("here.json");

        var reason = WebGpuProvider.NoGpu(name => name == "VK_ICD_FILENAMES" ? here : null);

        Assert.Contains($"VK_ICD_FILENAMES is {here}, and Vulkan sees the drivers", reason, StringComparison.Ordinal);
        Assert.Contains("of these files only, which see none. ", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_such_files_a_driver_is_missing() =>
        Assert.Contains("no Vulkan driver is installed", WebGpuProvider.NoGpu(_ => null), StringComparison.Ordinal);

    [Theory]
    [InlineData("[ErrorCode:Fail] Failed to load shared library", "Failed to load shared library.")]
    [InlineData(
        "[ErrorCode:Fail] /src/webgpu_context.cc:66 adapter != nullptr was false. Failed to get an adapter.", "Failed to get an adapter.")]
    [InlineData("All is lost", "All is lost.")]
    public void Of_what_the_library_says_its_places_are_left_out(string message, string told) =>
        Assert.Equal(told, ExecutionProviders.Reason(new InvalidOperationException(message)));

    [Fact]
    public void A_gpu_that_is_named_is_not_passed_over_by_a_provider_that_takes_none()
    {
        var error = Assert.Throws<ExecutionProviderException>(
            () => ExecutionProviders.Check(new ExecutionProviderOptions { Provider = "Cpu", Device = "GeForce" }));

        Assert.StartsWith(
            "Engine:Device is GeForce, but the provider Cpu takes no GPU by name. Set Engine:ExecutionProvider to WebGpu",
            error.Message,
            StringComparison.Ordinal);
    }

    private string Write(string name)
    {
        var file = Path.Combine(_folder.FolderPath, name);
        File.WriteAllText(file, "{}");
        return file;
    }
}
