using System.CommandLine;
using System.Globalization;
using Qwen35Batch.Inference;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;

namespace Qwen35Batch.Worker.Cli;

/// <summary><c>bench engine</c>: how fast a model runs on this machine.</summary>
internal static class BenchCommand
{
    public static Command Create() => new("bench", "Measures this machine.") { Engine() };

    private static Command Engine()
    {
        var model = new Option<string?>("--model") { Description = "The converted model to measure.", HelpName = "folder" };
        var shape = new Option<string?>("--checkpoint-shape") { Description = "Instead of --model: a config.json of Qwen3.5; a model of that shape with random weights is made in a temporary folder.", HelpName = "config.json" };
        var precision = new Option<ModelPrecision>("--precision") { Description = "With --checkpoint-shape: how the weights are stored.", DefaultValueFactory = _ => ModelPrecision.Fp32 };
        var batch = new Option<string>("--batch") { Description = "Requests that run together; several numbers are measured one after the other.", HelpName = "1,8,32", DefaultValueFactory = _ => "1,8,32" };
        var prompt = new Option<int>("--prompt") { Description = "Tokens of each prompt.", DefaultValueFactory = _ => 256 };
        var generate = new Option<int>("--generate") { Description = "Tokens of each answer.", DefaultValueFactory = _ => 64 };
        var threads = new Option<int>("--threads") { Description = "Threads of one run of the model; 0 for all cores." };
        var provider = new Option<string>("--provider") { Description = "Cpu, DirectML, Cuda, or the path of a provider library.", DefaultValueFactory = _ => "Cpu" };
        var json = new Option<bool>("--json") { Description = "Print the result as one line of JSON." };
        var command = new Command("engine", "Runs random prompts through the engine and prints how fast it was.") { model, shape, precision, batch, prompt, generate, threads, provider, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var stop = new StopSignal(cancellationToken);
            var options = new EngineBenchmarkOptions
            {
                Batches = ReadBatches(result.GetValue(batch)!),
                PromptTokens = result.GetValue(prompt),
                GeneratedTokens = result.GetValue(generate),
                Execution = new ExecutionProviderOptions { Provider = result.GetValue(provider)!, Threads = result.GetValue(threads) },
            };
            var (folder, config) = (result.GetValue(model), result.GetValue(shape));
            if (folder is null == config is null)
                throw new CommandException("Give either --model with a converted model, or --checkpoint-shape with a config.json.");
            using var random = config is null ? null : await RandomModelFolder.CreateAsync(config, result.GetValue(precision), null, stop.Token);
            await MeasureAsync(random?.FolderPath ?? folder!, options, result.GetValue(json), stop.Token);
            return 0;
        });
        return command;
    }

    private static async Task MeasureAsync(string folder, EngineBenchmarkOptions options, bool json, CancellationToken cancellationToken)
    {
        try
        {
            var results = await EngineBenchmark.RunAsync(folder, options, cancellationToken).ToListAsync(cancellationToken);
            BenchReport.Write(ModelFolder.Open(folder), options, results, json);
        }
        catch (RequestRefusedException error)
        {
            throw new CommandException(error.Message);
        }
    }

    private static int[] ReadBatches(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries).Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new CommandException($"--batch takes numbers such as 1,8,32; '{text}' is not of this form."))];
}
