using System.Text.Json;
using System.Text.RegularExpressions;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>The dashboard and the alert rules ask for what there is.</summary>
public sealed partial class MonitoringTests(PagesWorker worker) : IAsyncLifetime
{
    // What an engine in this process has, and what is there only after it happened.
    private static readonly string[] Elsewhere = ["qwen35batch_engine_busy_seconds_total", "qwen35batch_engine_idle_seconds_total"];

    public async ValueTask InitializeAsync() => await worker.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("docker/monitoring/dashboard.json")]
    [InlineData("docker/monitoring/alerts.yaml")]
    public async Task Every_metric_that_is_asked_for_is_there(string file)
    {
        var content = await File.ReadAllTextAsync(Path.Combine(Repository.Folder, file), TestContext.Current.CancellationToken);
        var asked = Name().Matches(content).Select(match => match.Value).Where(name => !Elsewhere.Contains(name)).Distinct().ToList();

        Assert.True(asked.Count >= 6, $"Only {asked.Count} metrics were found in {file}: the test itself is broken.");
        // The ledger is counted a moment after the start.
        await Deadline.UntilAsync(
            async () =>
            {
                var metrics = await worker.Http.GetStringAsync("metrics", TestContext.Current.CancellationToken);
                return asked.All(name => metrics.Contains($"\n{name}{{", StringComparison.Ordinal)
                    || metrics.Contains($"\n{name} ", StringComparison.Ordinal)) ? metrics : null;
            },
            () => $"Not all of these are at /metrics: {string.Join(' ', asked)}");
    }

    [Fact]
    public async Task The_dashboard_is_a_document_with_panels_and_the_rules_are_mounted()
    {
        var folder = Path.Combine(Repository.Folder, "docker");
        using var dashboard = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(folder, "monitoring/dashboard.json"), TestContext.Current.CancellationToken));
        var compose = await File.ReadAllTextAsync(Path.Combine(folder, "compose.yaml"), TestContext.Current.CancellationToken);

        var ids = dashboard.RootElement.GetProperty("panels").EnumerateArray().Select(panel => panel.GetProperty("id").GetInt32()).ToList();
        Assert.Equal(ids.Distinct().Count(), ids.Count);
        Assert.All(
            Directory.GetFiles(Path.Combine(folder, "monitoring")).Select(Path.GetFileName),
            file => Assert.Contains($"./monitoring/{file}:", compose, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\b(qwen35batch|gen_ai)_[a-z0-9_]+")]
    private static partial Regex Name();
}
