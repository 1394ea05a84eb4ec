using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Gpu.Tests.Providers;

[Collection<OneGpu>]
public sealed class WebGpuProviderTests(GpuMachine machine)
{
    [Fact]
    public void The_library_that_was_named_is_the_one_in_use()
    {
        var execution = machine.Execution();

        ExecutionProviders.Check(execution);

        Assert.Equal(execution.RuntimeLibrary, RuntimeLibrary.ChosenFile);
    }

    [Fact]
    public void A_process_has_one_library()
    {
        ExecutionProviders.Check(machine.Execution());

        var error = Assert.Throws<ExecutionProviderException>(() => RuntimeLibrary.Use("/opt/other/libonnxruntime.so.1"));

        Assert.StartsWith(
            "/opt/other/libonnxruntime.so.1 cannot be used as ONNX Runtime: this process uses", error.Message, StringComparison.Ordinal);
    }
}
