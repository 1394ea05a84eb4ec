using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Worker.Reports;

/// <summary>What <c>devices</c> prints.</summary>
internal static class DevicesReport
{
    public static IEnumerable<string> Lines(ComputeDevices machine)
    {
        yield return $"ONNX Runtime {machine.Version}, {machine.Library ?? "the program's own"}";
        yield return "";
        yield return $"{"provider",-12}{"graphs",-26}state";
        foreach (var provider in machine.Providers)
        {
            yield return $"{provider.Name,-12}{string.Join(", ", provider.Graphs.Select(NameOf)),-26}"
                + $"{(provider.Problem is null ? "usable" : "not usable here")}";
        }

        foreach (var provider in machine.Providers.Where(provider => provider.Problem is not null)) yield return provider.Problem!;
        yield return "";
        if (machine.Adapters.Count == 0)
        {
            yield return "No GPU was found.";
            yield break;
        }

        yield return $"{"device",-8}{"memory",12}{"free",12}  {"kind",-12}{"16 bit",-8}name";
        foreach (var adapter in machine.Adapters)
        {
            yield return $"{adapter.Index,-8}{Gigabytes(adapter.MemoryBytes),12}{Gigabytes(adapter.FreeBytes),12}  "
                + $"{NameOf(adapter.Kind),-12}{YesNo(adapter.HasHalf),-8}{adapter.Name}";
        }

        foreach (var adapter in machine.Adapters.Where(adapter => adapter.MostQueries is not null))
        {
            yield return $"{adapter.Name} has subgroups of {adapter.SubgroupLanes} lanes: prompts are fed {adapter.MostQueries} tokens at "
                + "a time, and of pictures and clips the attention is computed on the CPU.";
        }
    }

    public static string Json(ComputeDevices machine) => JsonSerializer.Serialize(
        new
        {
            runtime = new { version = machine.Version, library = machine.Library },
            providers = machine.Providers.Select(provider => new
            {
                name = provider.Name,
                graphs = provider.Graphs.Select(NameOf),
                usable = provider.Problem is null,
                problem = provider.Problem,
            }),
            devices = machine.Adapters.Select(adapter => new
            {
                index = adapter.Index,
                name = adapter.Name,
                kind = NameOf(adapter.Kind),
                memoryBytes = adapter.MemoryBytes,
                freeBytes = adapter.FreeBytes,
                largestBufferBytes = adapter.LargestBufferBytes,
                features = adapter.Features,
                subgroupLanes = adapter.SubgroupLanes,
            }),
        },
        BenchReport.Format);

    private static string NameOf(GraphKind graph) => graph.ToString().ToLowerInvariant();

    private static string NameOf(GpuKind kind) => kind.ToString().ToLowerInvariant();

    private static string YesNo(bool? value) => value switch
    {
        true => "yes",
        false => "no",
        null => "?",
    };

    private static string Gigabytes(long? bytes) =>
        bytes is { } value ? (value / 1e9).ToString("0.0", CultureInfo.InvariantCulture) + " GB" : "?";
}
