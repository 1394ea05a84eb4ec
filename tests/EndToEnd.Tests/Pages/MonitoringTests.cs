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

    /// <summary>A label that is misspelt selects nothing, and an alert over nothing never fires.</summary>
    [Theory]
    [InlineData("docker/monitoring/dashboard.json", 8)]
    [InlineData("docker/monitoring/alerts.yaml", 3)]
    public async Task Every_label_that_is_asked_for_is_there(string file, int least)
    {
        var content = await File.ReadAllTextAsync(Path.Combine(Repository.Folder, file), TestContext.Current.CancellationToken);
        var labels = Questions(content.Replace("\\\"", "\"", StringComparison.Ordinal)).ToList();
        Assert.True(labels.Count >= least, $"Only {labels.Count} labels were found in {file}: the test itself is broken.");

        await Deadline.UntilAsync(
            async () =>
            {
                var metrics = await worker.Http.GetStringAsync("metrics", TestContext.Current.CancellationToken);
                return labels.TrueForAll(
                    label => Regex.IsMatch(metrics, $"^{label.Metric}\\{{([^}}]*,)?{label.Label}", RegexOptions.Multiline))
                    ? metrics
                    : null;
            },
            () => $"Not all of these are at /metrics: {string.Join(' ', labels)}");
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

    /// <summary>By metric, the labels of its selectors, and those that its sum, or what is written beside it, goes by.</summary>
    private static IEnumerable<(string Metric, string Label)> Questions(string content)
    {
        foreach (var question in Question().Split(content).Skip(1))
        {
            foreach (Match selector in Selector().Matches(question))
            {
                foreach (Match label in Matcher().Matches(selector.Groups[2].Value))
                {
                    var (name, isEqual, value) = (label.Groups[1].Value, label.Groups[2].Value == "=", label.Groups[3].Value);
                    yield return (selector.Groups[1].Value, isEqual ? $"{name}=\"{value}\"" : $"{name}=");
                }
            }

            var metric = Name().Match(question).Value;
            if (Elsewhere.Contains(metric)) continue;
            foreach (Match label in Group().Matches(question))
            {
                foreach (var name in label.Groups.Values.Skip(1).SelectMany(group => group.Value.Split(", ")).Where(IsOfTheWorker))
                    yield return (metric, $"{name}=");
            }
        }
    }

    // What Prometheus adds, and where a rule has no metric of the worker.
    private static bool IsOfTheWorker(string label) => label is not ("" or "instance" or "job");

    [GeneratedRegex(@"- alert:|\""expr\""")]
    private static partial Regex Question();

    [GeneratedRegex(@"((?:qwen35batch|gen_ai)_[a-z0-9_]+)\{([^}]+)\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(\w+)(=~|!~|!=|=)""([^""]*)""")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"by \(([\w, ]+)\)|\$labels\.(\w+)")]
    private static partial Regex Group();

    [GeneratedRegex(@"\b(qwen35batch|gen_ai)_[a-z0-9_]+")]
    private static partial Regex Name();
}
