using System.CommandLine;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Worker.Commands.Arguments;

/// <summary>The options that say on what a model computes.</summary>
internal sealed class ExecutionArguments
{
    private readonly Option<string> _provider = new("--provider")
    {
        Description = "Cpu, WebGpu, DirectML, Cuda, or the path of a provider library.",
        DefaultValueFactory = _ => "Cpu"
    };
    private readonly Option<string?> _runtimeLibrary = new("--runtime-library")
    {
        Description = "Another ONNX Runtime library, as with Engine:RuntimeLibrary.",
        HelpName = "file"
    };
    private readonly Option<string?> _device = new("--device")
    {
        Description = "With WebGpu: the GPU, by its number or a part of its name.",
        HelpName = "device"
    };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads of one run of the model; 0 for all cores." };

    public void AddTo(Command command)
    {
        command.Add(_threads);
        command.Add(_provider);
        command.Add(_runtimeLibrary);
        command.Add(_device);
    }

    public ExecutionProviderOptions Read(ParseResult arguments) => new()
    {
        Provider = arguments.GetValue(_provider)!,
        RuntimeLibrary = arguments.GetValue(_runtimeLibrary),
        Device = arguments.GetValue(_device),
        Threads = arguments.GetValue(_threads),
    };
}
