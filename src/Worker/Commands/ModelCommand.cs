using System.CommandLine;
using System.Globalization;
using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Reports;
using Spectre.Console;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>model convert</c>, <c>model verify</c> and <c>model info</c>.</summary>
internal static class ModelCommand
{
    public static Command Create() => new("model", "Converts, verifies and sizes models.") { Convert(), Verify(), Info() };

    private static Command Convert()
    {
        var checkpoint = new Argument<string>("checkpoint")
        {
            Description = "A folder with a Hugging Face checkpoint of Qwen3.5: config.json, tokenizer.json, *.safetensors."
        };
        var folder = new Argument<string>("folder") { Description = "The model folder to write; it appears only when it is complete." };
        var precision = new Option<ModelPrecision?>("--precision")
        {
            Description = "How the weights are stored; by default bf16 for a checkpoint in bf16 that shall run on the CPU, else fp32."
        };
        var graph = new Option<GraphKind?>("--graph")
        {
            Description = "Which operators the graphs use; by default the fastest for the precision on this machine's CPU."
        };
        var command = new Command("convert", "Converts a checkpoint to ONNX graphs that the engine runs.")
        {
            checkpoint,
            folder,
            precision,
            graph
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var stop = new StopSignal(cancellationToken);
            var options = new ConversionOptions { Precision = result.GetValue(precision), Graph = result.GetValue(graph) };
            await ConversionBar.ShowAsync(
                AnsiConsole.Console,
                progress =>
                    ModelConverter.ConvertAsync(result.GetValue(checkpoint)!, result.GetValue(folder)!, options, progress, stop.Token));
            Console.WriteLine($"{Path.GetFullPath(result.GetValue(folder)!)} holds {ModelFolder.Open(result.GetValue(folder)!).Identity}.");
            return 0;
        });
        return command;
    }

    private static Command Verify()
    {
        var model = new Argument<string>("model") { Description = "A checkpoint or a model folder." };
        var cases = new Option<string>("--cases")
        {
            Description = "A folder with cases of the reference implementation.",
            Required = true,
            HelpName = "folder"
        };
        var json = new Option<bool>("--json") { Description = "Print the sum of all cases as one line of JSON." };
        var execution = new ExecutionArguments();
        var command = new Command(
            "verify",
            "Compares a model with what the reference implementation computed; the exit code is 1 when a case fails.")
            {
                model,
                cases,
                json
            };
        execution.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var stop = new StopSignal(cancellationToken);
            var results = new List<VerifyResult>();

            // The model is loaded again for each handful of cases.
            var placements = new Dictionary<string, NodePlacement>(StringComparer.Ordinal);
            var provider = execution.Read(result);
            provider.Placed = placement => placements[placement.Graph] = placement;
            await foreach (var item in ModelVerifier.VerifyAsync(
                result.GetValue(model)!, result.GetValue(cases)!, provider, null, stop.Token))
            {
                if (!result.GetValue(json)) Console.WriteLine(Line(item));
                results.Add(item);
            }

            if (result.GetValue(json))
            {
                Console.WriteLine(VerifyReport.Json(result.GetValue(model)!, results, placements.Values));
            }
            else
            {
                foreach (var placement in placements.Values) Console.WriteLine(placement.Line(provider.Provider));
                Console.WriteLine(Summary(results));
            }

            return results.All(item => item.Passed) ? 0 : 1;
        });
        return command;
    }

    private static Command Info()
    {
        var model = new Argument<string>("model")
        {
            Description = "A model folder; or a checkpoint or its config.json, to know beforehand."
        };
        var precision = new Option<ModelPrecision>("--precision")
        {
            Description = "For a checkpoint: how its weights would be stored.",
            DefaultValueFactory = _ => ModelPrecision.Bf16
        };
        var slots = new Option<int>("--slots")
        {
            Description = "Sequences that are decoded together.",
            DefaultValueFactory = _ => new EngineOptions().Slots
        };
        var tokens = new Option<int>("--tokens")
        {
            Description = "Tokens of a sequence.",
            DefaultValueFactory = _ => new EngineOptions().MaxSequenceTokens
        };
        var graph = new Option<GraphKind?>("--graph")
        {
            Description = "For a checkpoint: which operators its graphs would use; with gpu, what a step computes is told, too."
        };
        var command = new Command("info", "Prints what the parts of a model take in memory, and the state of its sequences.")
        {
            model,
            precision,
            slots,
            tokens,
            graph
        };
        command.SetAction(result =>
        {
            var path = result.GetValue(model)!;
            var config = Directory.Exists(path) ? Path.Combine(path, "config.json") : path;
            var isFolder = ModelFolder.IsModelFolder(path);
            var size = isFolder ? ModelSize.OfFolder(path)
                : ModelSize.OfConfig(config, result.GetValue(precision), result.GetValue(graph));
            var isForGpu = (isFolder ? ModelFolder.Open(path).Graph : result.GetValue(graph)) == GraphKind.Gpu;
            (long, long)? step = isForGpu
                ? ModelSize.StepBytes(config, result.GetValue(slots), new EngineOptions().PrefillTokensPerStep)
                : null;
            foreach (var line in ModelInfoReport.Lines(size, result.GetValue(slots), result.GetValue(tokens), step))
                Console.WriteLine(line);
        });
        return command;
    }

    /// <summary>What the precision costs: the distance from the reference over all cases.</summary>
    public static string Summary(IReadOnlyCollection<VerifyResult> results)
    {
        var (matched, compared) = (results.Sum(result => result.GreedyMatched), results.Sum(result => result.GreedyCompared));
        var share = compared == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({100.0 * matched / compared:0.0}%)");
        return $"all {results.Count} cases  mean divergence {Difference(results.Average(result => result.LogitDivergence))} nats  greedy "
            + $"{matched}/{compared}{share}  {results.Count(result => !result.Passed)} failed";
    }

    private static string Line(VerifyResult result) =>
        $"{result.Name}  logits {Difference(result.LogitDifference)}  divergence {Difference(result.LogitDivergence)}  embeddings "
            + $"{Difference(result.EmbeddingDifference)}  greedy {result.GreedyMatched}/{result.GreedyCompared}  "
            + $"{(result.Passed ? "ok" : "FAILED: " + result.Failure)}";

    private static string Difference(double? value) => value?.ToString("0.0e+0", CultureInfo.InvariantCulture) ?? "-";
}
