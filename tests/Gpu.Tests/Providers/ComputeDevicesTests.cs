using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Gpu.Tests.Providers;

[Collection<OneGpu>]
public sealed class ComputeDevicesTests(GpuMachine machine)
{
    [Fact]
    public void The_machine_says_its_gpus_their_memory_and_what_runs_where()
    {
        var devices = ComputeDevices.Look(machine.Execution().RuntimeLibrary);

        Assert.NotEmpty(devices.Adapters);
        Assert.All(devices.Adapters, adapter => Assert.NotEmpty(adapter.Name));
        Assert.All(devices.Adapters, adapter => Assert.True(adapter.MemoryBytes > 1 << 28 && adapter.LargestBufferBytes > 1 << 26));
        var provider = Assert.Single(devices.Providers, provider => provider.Name == "WebGpu");
        Assert.Null(provider.Problem);
        Assert.Equal(GraphKind.Gpu, provider.Graphs[0]);
    }

    [Fact]
    public void A_gpu_is_picked_by_its_number_or_name()
    {
        var execution = machine.Execution();
        var first = GpuAdapters.List()[0];
        execution.Device = "0";
        ExecutionProviders.Check(execution);
        execution.Device = first.Name;
        ExecutionProviders.Check(execution);
        execution.Device = "Voodoo";

        var error = Assert.Throws<ExecutionProviderException>(() => ExecutionProviders.Check(execution));

        Assert.Contains($"There are: 0 ({first.Name})", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_probe_adds_on_the_gpu()
    {
        using var probe = new DeviceProbe(machine.Execution());

        Assert.True(probe.Answers());
    }

    [Fact]
    public async Task Half_precision_needs_a_gpu_that_computes_in_it()
    {
        var execution = machine.Execution();
        using var folder = new TemporaryFolder();
        var model = await ConvertAsync(
            folder, new ConversionOptions { Graph = GraphKind.Portable, Precision = ModelPrecision.Fp16 });
        var device = GpuAdapters.List()[0];

        var error = Record.Exception(() => ModelFolder.Open(model).CheckProvider(execution));

        if (device.HasHalf == true)
            Assert.Null(error);
        else
            Assert.Contains($"but {device.Name} cannot compute in 16 bits", error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fused_graphs_need_a_gpu_with_lanes_enough_for_their_attention()
    {
        var execution = machine.Execution();
        using var folder = new TemporaryFolder();
        var model = await ConvertAsync(folder, new ConversionOptions { Graph = GraphKind.Fused });
        var device = GpuAdapters.List()[0];

        var error = Record.Exception(() => ModelFolder.Open(model).CheckProvider(execution));

        Assert.True(device.SubgroupLanes > 0);
        if (device.SubgroupLanes >= 8)
            Assert.Null(error);
        else
            Assert.Contains($"its subgroups have {device.SubgroupLanes} lanes", error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_does_not_fit_is_refused_before_it_is_loaded()
    {
        var execution = machine.Execution();
        using var folder = new TemporaryFolder();
        var model = await ConvertAsync(folder, new ConversionOptions { Graph = GraphKind.Gpu });
        execution.DeviceMemoryBytes = 1_000_000;
        var options = new SequenceModelOptions { Slots = 1000, MaxLength = 4096, Execution = execution };

        // A graph that is no graph would be found out by loading it.
        await File.WriteAllTextAsync(Path.Combine(model, "text.onnx"), "no graph", TestContext.Current.CancellationToken);
        var error = Assert.Throws<DeviceMemoryException>(() => ModelFolder.Open(model).CreateSequenceModel(options));

        Assert.Contains("1000 slots of 4096 tokens", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> ConvertAsync(TemporaryFolder folder, ConversionOptions options)
    {
        var model = Path.Combine(folder.FolderPath, "model");
        await ModelConverter.ConvertAsync(
            Path.Combine(AppContext.BaseDirectory, "Data", "tiny-dense"), model, options, null, TestContext.Current.CancellationToken);
        return model;
    }
}
