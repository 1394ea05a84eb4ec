using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using OpenTelemetry.Logs;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Telemetry;

/// <summary>What Prometheus reads, and where logs go. Alone: the meters of all hosts of a process have the same names.</summary>
[Collection(nameof(MetricsTests))]
[CollectionDefinition(nameof(MetricsTests), DisableParallelization = true)]
public sealed partial class MetricsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_is_there_with_0_before_any_work()
    {
        await using var worker = await TestWorker.StartAsync();

        var metrics = await ReadAsync(worker, text => text.Contains("qwen35batch_tokens_total{", StringComparison.Ordinal));

        foreach (var series in new[]
            {
                """qwen35batch_jobs{state="completedWithGaps"}""", """qwen35batch_segments{state="ready"}""",
                """qwen35batch_failures{reason="sourceNotFound"}""", """qwen35batch_failures{reason="quarantined"}""",
                """qwen35batch_put_off{stage="Analyse"}""", """qwen35batch_waiting_oldest_seconds""", "qwen35batch_events_waiting",
                """qwen35batch_tokens_total{corpus="",direction="output",model="",task=""}""", "qwen35batch_messages_refused_total",
                """qwen35batch_jobs_submitted_total{result="duplicate"}""", "qwen35batch_segments_stored_total",
            })
        {
            Assert.Equal((series, "0"), (series, Value(metrics, series)));
        }
    }

    [Fact]
    public async Task Work_is_counted_by_task_and_model_and_the_ledger_by_state_and_reason()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.WaitForEndAsync(await worker.SubmitAsync(worker.Job("done.txt")));
        var gone = worker.Job("gone.txt");
        File.Delete(gone.Source);
        await worker.WaitForEndAsync(await worker.SubmitAsync(gone));
        // The ledger is counted by itself now and then; here it is counted anew.
        await using var again = await TestWorker.StartAsync(worker.Folder, worker.Model, null);

        var metrics = await ReadAsync(
            again, text => Value(text, """qwen35batch_jobs{state="completed"}""") == "1"
                && Value(text, """qwen35batch_ready{part="ledger"}""") == "1");
        var counted = await worker.Client.GetStringAsync("/metrics", Cancellation);

        Assert.Equal("1", Value(metrics, """qwen35batch_failures{reason="sourceNotFound"}"""));
        Assert.Equal("1", Value(metrics, """qwen35batch_jobs{state="rejected"}"""));
        Assert.Equal("1", Value(counted, "qwen35batch_segments_stored_total"));
        Assert.Matches(
            """qwen35batch_tokens_total\{[^}]*corpus="",direction="output",model="[^"]+",task="describe"\} [1-9]""", counted);
    }

    [Theory]
    [InlineData("json", "json")]
    [InlineData(null, null)]
    public async Task The_console_writes_in_the_form_that_the_settings_name(string? setting, string? form)
    {
        await using var server = WorkerComposition.BuildServer(
            TestWorker.Settings(Path.GetTempPath(), setting is null ? [] : [("Logging:Console:FormatterName", setting)]));

        Assert.Equal(form, server.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
        Assert.True(server.Services.GetRequiredService<IOptions<SimpleConsoleFormatterOptions>>().Value.SingleLine);
        Assert.DoesNotContain(server.Services.GetServices<ILoggerProvider>(), provider => provider is OpenTelemetryLoggerProvider);
    }

    [Fact]
    public async Task Logs_go_to_a_collector_that_is_named()
    {
        await using var server = WorkerComposition.BuildServer(
            TestWorker.Settings(Path.GetTempPath(), ("Telemetry:OtlpEndpoint", "http://127.0.0.1:9")));

        Assert.Contains(server.Services.GetServices<ILoggerProvider>(), provider => provider is OpenTelemetryLoggerProvider);
    }

    private static Task<string> ReadAsync(TestWorker worker, Func<string, bool> found) =>
        TestWorker.WaitAsync(() => worker.Client.GetStringAsync("/metrics", Cancellation), found, "The metrics");

    /// <summary>A series by its name and tags in their order, whatever the exporter adds of its own.</summary>
    private static string? Value(string metrics, string series)
    {
        foreach (var line in metrics.Split('\n').Where(line => !line.StartsWith('#')))
        {
            var plain = Scope().Replace(line, "").Replace("{}", "", StringComparison.Ordinal).Replace("{,", "{", StringComparison.Ordinal)
                .Replace(",}", "}", StringComparison.Ordinal);
            if (plain.StartsWith(series + " ", StringComparison.Ordinal)) return plain[series.Length..].Trim().Split(' ')[0];
        }

        return null;
    }

    [GeneratedRegex("""otel_scope_\w+="[^"]*",?""")]
    private static partial Regex Scope();
}
