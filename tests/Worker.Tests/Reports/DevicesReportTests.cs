using System.Text.Json;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Worker.Reports;

namespace Qwen35Batch.Worker.Tests.Reports;

public sealed class DevicesReportTests
{
    private static readonly ComputeDevices Machine = new(
        "1.30.0",
        "/opt/libonnxruntime.so.1",
        [
            new ProviderState("Cpu", [GraphKind.Cpu, GraphKind.Fused], null),
            new ProviderState("Cuda", [GraphKind.Fused], "Cuda cannot be used on this machine: no driver."),
        ],
        [
            new GpuAdapter(0, "Card", GpuKind.Discrete, 1, 2)
            {
                MemoryBytes = 24_000_000_000,
                FreeBytes = 20_500_000_000,
                Features = ["shader-f16"],
                SubgroupLanes = 32,
            },
            new GpuAdapter(1, "Graphics", GpuKind.Integrated, 3, 4) { SubgroupLanes = 4 },
        ]);

    [Fact]
    public void A_person_reads_a_line_for_each_provider_and_each_gpu()
    {
        var lines = DevicesReport.Lines(Machine).ToList();

        Assert.Contains("ONNX Runtime 1.30.0, /opt/libonnxruntime.so.1", lines);
        Assert.Contains("Cpu         cpu, fused                usable", lines);
        Assert.Contains("Cuda        fused                     not usable here", lines);
        Assert.Contains("Cuda cannot be used on this machine: no driver.", lines);
        Assert.Contains("0            24.0 GB     20.5 GB  discrete    yes     Card", lines);
        Assert.Contains("1                  ?           ?  integrated  ?       Graphics", lines);
        Assert.StartsWith(
            "Graphics has subgroups of 4 lanes: prompts are fed 31 tokens at a time",
            Assert.Single(lines, line => line.Contains("lanes", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_without_a_gpu_says_so() =>
        Assert.Equal("No GPU was found.", DevicesReport.Lines(Machine with { Adapters = [] }).Last());

    [Fact]
    public void A_program_reads_one_line()
    {
        var json = JsonDocument.Parse(DevicesReport.Json(Machine)).RootElement;

        Assert.Equal("1.30.0", json.GetProperty("runtime").GetProperty("version").GetString());
        Assert.False(json.GetProperty("providers")[1].GetProperty("usable").GetBoolean());
        Assert.Equal("fused", json.GetProperty("providers")[0].GetProperty("graphs")[1].GetString());
        Assert.Equal(24_000_000_000, json.GetProperty("devices")[0].GetProperty("memory_bytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("devices")[1].GetProperty("memory_bytes").ValueKind);
        Assert.DoesNotContain('\n', DevicesReport.Json(Machine));
    }
}
