using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>The description of the HTTP interface.</summary>
public sealed partial class OpenApiTests(PagesWorker worker) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await worker.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Every route that the sources map, but pages, metrics and the description itself.</summary>
    [Fact]
    public async Task It_has_every_route_that_the_sources_map()
    {
        var document = await worker.Http.GetFromJsonAsync<JsonElement>("openapi/v1.json", TestContext.Current.CancellationToken);
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name} {path.Name}"))
            .ToHashSet(StringComparer.Ordinal);

        var folder = Path.Combine(Repository.Folder, "src/Worker/Http");
        var mapped = Directory.EnumerateFiles(folder, "*Endpoints.cs", SearchOption.AllDirectories)
            .SelectMany(file => Routes(File.ReadAllText(file)))
            .ToHashSet(StringComparer.Ordinal);

        Assert.True(mapped.Count > 15, $"Only {mapped.Count} routes were found in the sources: the test itself is broken.");
        Assert.Empty(mapped.Except(described));
    }

    /// <summary>As in exported files and in SQL: <c>completedWithGaps</c>, <c>sourceNotFound</c>, <c>page</c>.</summary>
    [Fact]
    public async Task Names_of_states_kinds_and_reasons_are_spelt_as_in_every_record()
    {
        var document = await worker.Http.GetFromJsonAsync<JsonElement>("openapi/v1.json", TestContext.Current.CancellationToken);
        var names = document.GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Where(schema => schema.Value.TryGetProperty("enum", out _))
            .SelectMany(schema => schema.Value.GetProperty("enum").EnumerateArray())
            .Where(name => name.ValueKind == JsonValueKind.String)
            .Select(name => name.GetString()!)
            .ToHashSet(StringComparer.Ordinal);

        Assert.Superset(new HashSet<string>(["page", "textPart", "accepted", "corrected", "text-layer"]), names);
        Assert.All(names, name => Assert.Matches("^[a-z]", name));
        // What the document does not describe in detail.
        string[] answers =
        [
            "status", "jobs", "jobs/reasons", $"jobs/{worker.Pdf}", $"jobs/{worker.Pdf}/events", "health/ready", "dashboard/summary",
            "insights", "insights/1",
        ];
        foreach (var path in answers)
            Assert.DoesNotMatch(OtherSpelling(), await worker.Http.GetStringAsync(path, TestContext.Current.CancellationToken));
    }

    private static IEnumerable<string> Routes(string source)
    {
        var group = Group().Match(source).Groups[1].Value;
        return Mapped().Matches(source)
            .Select(match => $"{match.Groups[2].Value.ToLowerInvariant()} "
                + Constraint().Replace((match.Groups[1].Value == "media" ? group : "") + match.Groups[3].Value, "{$1}"));
    }

    [GeneratedRegex("\"(Page|Pdf|TextPart|Completed(WithGaps)?|Analysing|Quarantined|Done|SourceNotFound|Submitted|Healthy|NoWork)\"")]
    private static partial Regex OtherSpelling();

    [GeneratedRegex(@"(\w+)\.Map(Get|Post|Put|Delete)\(""([^""]+)""")]
    private static partial Regex Mapped();

    [GeneratedRegex(@"MapGroup\(""([^""]+)""")]
    private static partial Regex Group();

    [GeneratedRegex(@"\{(\w+)[^}/]*\}")]
    private static partial Regex Constraint();
}
