using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Providers;
using Spectre.Console;

namespace Qwen35Batch.Worker.Reports;

/// <summary>What <c>bench engine</c> prints.</summary>
internal static class BenchReport
{
    internal static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static void Write(ModelFolder model, EngineBenchmarkOptions options, IReadOnlyList<EngineBenchmarkResult> results, bool json)
    {
        if (json)
        {
            Console.WriteLine(Json(model.Identity, PrecisionOf(model), ThreadsOf(options.Execution), results));
            return;
        }

        Console.WriteLine(
            $"{model.Identity}, {ThreadsOf(options.Execution)} threads, {options.PromptTokens} tokens a prompt, {options.GeneratedTokens} "
                + $"tokens an answer");
        var table = new Table()
            .Border(TableBorder.Rounded)
            .AddColumn("")
            .AddColumns([.. results.Select(result => $"batch {result.Batch}")]);
        AddRow("prefill, tokens/s", result => result.PrefillTokensPerSecond);
        AddRow("decode, tokens/s", result => result.DecodeTokensPerSecond);
        AddRow("time to first token, ms", result => result.TimeToFirstToken.TotalMilliseconds);
        AddRow("batch fill, %", result => 100 * result.BatchFill);
        AddRow("decode step, ms", result => result.Step.Total.TotalMilliseconds);
        AddRow("  model", result => result.Step.Model.TotalMilliseconds);
        AddRow("  sampler", result => result.Step.Sampler.TotalMilliseconds);
        AddRow("  grammar", result => result.Step.Grammar.TotalMilliseconds);
        AddRow("  other", result => result.Step.Other.TotalMilliseconds);
        AddRow("beside the model, % of a step", result => 100 * (1 - (result.Step.Model / result.Step.Total)));
        if (results.Any(result => result.Traffic is not null))
        {
            AddRow("to the device, bytes a decode step", result => PerStep(result, traffic => traffic.DecodeBytesUp) ?? 0);
            AddRow("from the device, bytes a decode step", result => PerStep(result, traffic => traffic.DecodeBytesDown) ?? 0);
        }

        AddRow("peak memory, MB", result => Megabytes(result.PeakMemoryBytes));
        AnsiConsole.Write(table);

        void AddRow(string label, Func<EngineBenchmarkResult, double> value) =>
            table.AddRow(
                [
                    label,
                    .. results.Select(result => value(result).ToString(value(result) >= 100 ? "0" : "0.##", CultureInfo.InvariantCulture))
                ]);
    }

    /// <summary>One line.</summary>
    public static string Json(
        string model, string precision, int threads, IReadOnlyList<EngineBenchmarkResult> results) => JsonSerializer.Serialize(
        new
        {
            Model = model,
            Precision = precision,
            Threads = threads,
            Batches = results.Select(result => new
            {
                result.Batch,
                Prompt = result.PromptTokens,
                Generate = result.GeneratedTokens,
                PrefillTokensPerSecond = Rounded(result.PrefillTokensPerSecond),
                DecodeTokensPerSecond = Rounded(result.DecodeTokensPerSecond),
                TimeToFirstTokenMs = Rounded(result.TimeToFirstToken.TotalMilliseconds),
                StepMs = new
                {
                    Model = Rounded(result.Step.Model.TotalMilliseconds),
                    Sampler = Rounded(result.Step.Sampler.TotalMilliseconds),
                    Grammar = Rounded(result.Step.Grammar.TotalMilliseconds),
                    Other = Rounded(result.Step.Other.TotalMilliseconds),
                },
                BytesPerStep = result.Traffic is null ? null : new
                {
                    Up = PerStep(result, traffic => traffic.DecodeBytesUp),
                    Down = PerStep(result, traffic => traffic.DecodeBytesDown),
                },
                PeakMemoryMb = Megabytes(result.PeakMemoryBytes),
            }),
        },
        Format);

    internal static string PrecisionOf(ModelFolder model) => model.Precision?.ToString().ToLowerInvariant() ?? "unknown";

    internal static int ThreadsOf(ExecutionProviderOptions execution) =>
        execution.Threads > 0 ? execution.Threads : Environment.ProcessorCount;

    internal static double Rounded(double value) => Math.Round(value, 3);

    private static long? PerStep(EngineBenchmarkResult result, Func<DeviceTraffic, long> bytes) =>
        result.Traffic is { DecodeSteps: > 0 } traffic ? bytes(traffic) / traffic.DecodeSteps : null;

    private static double Megabytes(long bytes) => Math.Round(bytes / 1e6);
}
