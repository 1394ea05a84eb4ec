using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Decoding;
using Spectre.Console;

namespace Qwen35Batch.Worker.Reports;

/// <summary>What <c>bench mix</c> prints.</summary>
internal static class MixReport
{
    public static void Write(ModelFolder model, MixBenchmarkOptions options, MixBenchmarkResult result, bool json)
    {
        if (json)
        {
            Console.WriteLine(Json(model.Identity, BenchReport.PrecisionOf(model), options, result));
            return;
        }

        Console.WriteLine(
            $"{model.Identity}, {BenchReport.ThreadsOf(options.Execution)} threads, {options.Slots} slots, {options.Requests} requests: "
            + $"{result.Requests.Sum(length => length.Prompt)} tokens of prompts, {result.Requests.Sum(length => length.Answer)} of "
            + $"answers");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "wall, s", "tokens/s", "batch fill, %", "continuous is");
        foreach (var run in result.Others.Prepend(result.Continuous))
        {
            table.AddRow(
                NameOf(run.Way),
                Number(run.Wall.TotalSeconds),
                Number(run.TokensPerSecond),
                Number(100 * run.BatchFill),
                run.Way == MixWay.Continuous ? "" : Number(result.RatioTo(run)) + " x");
        }

        AnsiConsole.Write(table);
    }

    /// <summary>One line.</summary>
    public static string Json(
        string model, string precision, MixBenchmarkOptions options, MixBenchmarkResult result) => JsonSerializer.Serialize(
        new
        {
            Model = model,
            Precision = precision,
            Threads = BenchReport.ThreadsOf(options.Execution),
            options.Slots,
            Runs = result.Others.Prepend(result.Continuous).Select(run => new
            {
                Way = JsonNamingPolicy.SnakeCaseLower.ConvertName(run.Way.ToString()),
                WallSeconds = BenchReport.Rounded(run.Wall.TotalSeconds),
                run.AnswerTokens,
                TokensPerSecond = BenchReport.Rounded(run.TokensPerSecond),
                BatchFill = BenchReport.Rounded(run.BatchFill),
                ContinuousRatio = BenchReport.Rounded(result.RatioTo(run)),
            }),
            Requests = result.Requests.Select(length => new[] { length.Prompt, length.Answer }),
        },
        BenchReport.Format);

    private static string NameOf(MixWay way) => way switch
    {
        MixWay.Continuous => "continuous batching",
        MixWay.Even => "static batch of even requests",
        MixWay.Waves => "waves",
        _ => "waves, padded",
    };

    private static string Number(double value) => value.ToString(value >= 100 ? "0" : "0.##", CultureInfo.InvariantCulture);
}
