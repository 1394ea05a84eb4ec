using System.Text.Json;
using Qwen35Batch.GpuCheck;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Providers;

// Only tools/gpu-check.sh calls this. One check a process, so that a driver that ends it ends no other check.
var execution = new ExecutionProviderOptions
{
    Provider = "WebGpu",
    RuntimeLibrary = Environment.GetEnvironmentVariable("RUNTIME"),
    Device = Environment.GetEnvironmentVariable("DEVICE"),
};
try
{
    object result = args switch
    {
        ["devices"] => ComputeDevices.Look(execution.RuntimeLibrary),
        ["verify", var checkpoint] => await Checks.VerifyAsync(checkpoint, execution),
        ["size", var shape] => Checks.BytesOf(shape),
        ["make", var shape, var folder] => await Checks.MakeAsync(shape, folder, execution),
        ["bench", var folder, var batch, var prompt, var generate] =>
            await Checks.BenchAsync(folder, new BenchSize(Number(batch), Number(prompt), Number(generate)), execution),
        ["pictures", var checkpoint, var task, var slots, var answer, .. var files] =>
            await Pictures.RunAsync(checkpoint, task, Number(slots), Number(answer), files, execution),
        _ => throw new ArgumentException("Run gpu-check.sh."),
    };
    Console.WriteLine(JsonSerializer.Serialize(result, Checks.Format));
    return 0;
}
catch (DeviceMemoryException error)
{
    // Nothing is wrong with that.
    Console.Error.WriteLine(error.Message);
    return 3;
}
catch (Exception error) when (
    error is ExecutionProviderException or ModelFormatException or RequestRefusedException or DeviceLostException or ArgumentException
        or IOException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

static int Number(string text) => int.TryParse(text, out var number) ? number : throw new ArgumentException($"{text} is no number.");
