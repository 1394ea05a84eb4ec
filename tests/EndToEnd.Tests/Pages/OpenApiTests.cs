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

    private static IEnumerable<string> Routes(string source)
    {
        var group = Group().Match(source).Groups[1].Value;
        return Mapped().Matches(source)
            .Select(match => $"{match.Groups[2].Value.ToLowerInvariant()} "
                + Constraint().Replace((match.Groups[1].Value == "media" ? group : "") + match.Groups[3].Value, "{$1}"));
    }

    [GeneratedRegex(@"(\w+)\.Map(Get|Post|Put|Delete)\(""([^""]+)""")]
    private static partial Regex Mapped();

    [GeneratedRegex(@"MapGroup\(""([^""]+)""")]
    private static partial Regex Group();

    [GeneratedRegex(@"\{(\w+)[^}/]*\}")]
    private static partial Regex Constraint();
}
