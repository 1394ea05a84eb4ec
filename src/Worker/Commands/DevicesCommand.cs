using System.CommandLine;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Worker.Reports;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>devices</c>: on what this machine can compute.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        var library = new Option<string?>("--runtime-library")
        {
            Description = "Another ONNX Runtime library, as with Engine:RuntimeLibrary; by default that of 'tools/setup.sh webgpu'.",
            HelpName = "file"
        };
        var json = new Option<bool>("--json") { Description = "Print the result as one line of JSON." };
        var command = new Command("devices", "Lists the providers of ONNX Runtime, the GPUs of this machine, and what runs where.")
        {
            library,
            json
        };
        command.SetAction(result =>
        {
            var machine = ComputeDevices.Look(result.GetValue(library));
            foreach (var line in result.GetValue(json) ? [DevicesReport.Json(machine)] : DevicesReport.Lines(machine))
                result.InvocationConfiguration.Output.WriteLine(line);
            return 0;
        });
        return command;
    }
}
