using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Reports;
using Spectre.Console;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>bench engine</c> and <c>bench mix</c>: how fast a model runs on this machine.</summary>
internal static class BenchCommand
{
    public static Command Create() => new("bench", "Measures this machine.") { Engine(), Mix() };

    private static Command Engine()
    {
        var model = new Option<string?>("--model") { Description = "The converted model to measure.", HelpName = "folder" };
        var shape = new Option<string?>("--checkpoint-shape")
        {
            Description =
                "Instead of --model: a config.json of Qwen3.5; a model of that shape with random weights is made in a temporary folder.",
            HelpName = "config.json"
        };
        var keep = new Option<string?>("--keep")
        {
            Description = "With --checkpoint-shape: makes the model in this new folder and leaves it there, for --model.",
            HelpName = "folder"
        };
        var precision = new Option<ModelPrecision>("--precision")
        {
            Description = "With --checkpoint-shape: how the weights are stored.",
            DefaultValueFactory = _ => ModelPrecision.Fp32
        };
        var batch = new Option<string>("--batch")
        {
            Description = "Requests that run together; several numbers are measured one after the other.",
            HelpName = "1,8,32",
            DefaultValueFactory = _ => "1,8,32"
        };
        var prompt = new Option<int>("--prompt") { Description = "Tokens of each prompt.", DefaultValueFactory = _ => 256 };
        var generate = new Option<int>("--generate") { Description = "Tokens of each answer.", DefaultValueFactory = _ => 64 };
        var execution = new ExecutionArguments();
        var schema = new Option<FileInfo?>("--schema")
        {
            Description = "A JSON Schema that the answers are held to; their tokens are the model's.",
            HelpName = "file"
        };
        var deterministic = new Option<bool>("--deterministic") { Description = "Run as with Engine:Deterministic." };
        var json = new Option<bool>("--json") { Description = "Print the result as one line of JSON." };
        var command = new Command("engine", "Runs random prompts through the engine and prints how fast it was.")
        {
            model,
            shape,
            keep,
            precision,
            batch,
            prompt,
            generate,
            schema,
            deterministic,
            json
        };
        execution.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var stop = new StopSignal(cancellationToken);
            var options = new EngineBenchmarkOptions
            {
                Batches = ReadBatches(result.GetValue(batch)!),
                PromptTokens = result.GetValue(prompt),
                GeneratedTokens = result.GetValue(generate),
                Schema = result.GetValue(schema) is { } file ? ReadSchema(file) : null,
                Deterministic = result.GetValue(deterministic),
                Execution = execution.Read(result),
            };
            var (folder, config) = (result.GetValue(model), result.GetValue(shape));
            if (folder is null == config is null)
                throw new CommandException("Give either --model with a converted model, or --checkpoint-shape with a config.json.");
            var kept = result.GetValue(keep);
            if (kept is not null && (config is null || Directory.Exists(kept)))
                throw new CommandException($"--keep {kept} needs --checkpoint-shape, and a folder that does not exist yet.");
            using var random = config is null
                ? null
                : await MakeAsync(config, result.GetValue(precision), options.Execution.Provider, kept, stop.Token);
            await MeasureAsync(random?.FolderPath ?? folder!, options, result.GetValue(json), stop.Token);
            return 0;
        });
        return command;
    }

    private static Command Mix()
    {
        var defaults = new MixBenchmarkOptions();
        var model = new Option<string>("--model") { Description = "The converted model to measure.", HelpName = "folder", Required = true };
        var requests = new Option<int>("--requests")
        {
            Description = "Requests, which arrive at once.",
            DefaultValueFactory = _ => defaults.Requests
        };
        var slots = new Option<int>("--slots")
        {
            Description = "Sequences that are decoded together.",
            DefaultValueFactory = _ => defaults.Slots
        };
        var prompt = new Option<string>("--prompt")
        {
            Description = "Tokens of the shortest and the longest prompt.",
            HelpName = "40-600",
            DefaultValueFactory = _ => "40-600"
        };
        var generate = new Option<string>("--generate")
        {
            Description = "Tokens of the shortest and the longest answer.",
            HelpName = "16-256",
            DefaultValueFactory = _ => "16-256"
        };
        var seed = new Option<int>("--seed") { Description = "Decides about the lengths.", DefaultValueFactory = _ => defaults.Seed };
        var against = new Option<MixWay[]>("--against")
        {
            Description = "What continuous batching is compared with.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [.. defaults.Against]
        };
        var step = new Option<int>("--prefill-step")
        {
            Description = "Prompt tokens fed in one step.",
            DefaultValueFactory = _ => defaults.PrefillTokensPerStep
        };
        var execution = new ExecutionArguments();
        var json = new Option<bool>("--json") { Description = "Print the result as one line of JSON." };
        var command = new Command("mix", "Runs requests of mixed length through continuous batching, and compares it with static batches.")
        {
            model, requests, slots, prompt, generate, seed, against, step, json,
        };
        execution.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var stop = new StopSignal(cancellationToken);
            var options = new MixBenchmarkOptions
            {
                Requests = result.GetValue(requests),
                Slots = result.GetValue(slots),
                PromptTokens = ReadRange("--prompt", result.GetValue(prompt)!),
                AnswerTokens = ReadRange("--generate", result.GetValue(generate)!),
                Seed = result.GetValue(seed),
                Against = result.GetValue(against)!,
                PrefillTokensPerStep = result.GetValue(step),
                Execution = execution.Read(result),
            };
            try
            {
                var folder = result.GetValue(model)!;
                MixReport.Write(
                    ModelFolder.Open(folder), options, await MixBenchmark.RunAsync(folder, options, stop.Token), result.GetValue(json));
            }
            catch (RequestRefusedException error)
            {
                throw new CommandException(error.Message);
            }

            return 0;
        });
        return command;
    }

    private static (int Least, int Most) ReadRange(string option, string text) =>
        text.Split('-') is [var least, var most]
        && int.TryParse(least, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
        && int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            ? (from, to)
            : throw new CommandException($"{option} takes two numbers such as 40-600; '{text}' is not of this form.");

    private static JsonElement ReadSchema(FileInfo file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file.FullName));
            return document.RootElement.Clone();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandException($"The schema {file.FullName} cannot be read: {error.Message}");
        }
    }

    /// <summary>The output is the result's alone.</summary>
    private static async Task<RandomModelFolder> MakeAsync(
        string config, ModelPrecision precision, string provider, string? kept, CancellationToken cancellationToken)
    {
        RandomModelFolder? random = null;
        var errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await ConversionBar.ShowAsync(
            errors,
            async progress =>
                random = await RandomModelFolder.CreateAsync(config, precision, progress, cancellationToken, provider, kept));
        return random!;
    }

    private static async Task MeasureAsync(string folder, EngineBenchmarkOptions options, bool json, CancellationToken cancellationToken)
    {
        try
        {
            var results = await EngineBenchmark.RunAsync(folder, options, cancellationToken).ToListAsync(cancellationToken);
            BenchReport.Write(ModelFolder.Open(folder), options, results, json);
        }
        catch (Exception error) when (error is RequestRefusedException or UnsupportedSchemaException)
        {
            throw new CommandException(error.Message);
        }
    }

    private static int[] ReadBatches(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries)
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new CommandException($"--batch takes numbers such as 1,8,32; '{text}' is not of this form."))];
}
