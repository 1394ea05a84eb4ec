using System.Reflection;
using System.Text.Json;

namespace Qwen35Batch.Pipeline.Tests.Agents.Hostile.Sets;

/// <summary>
/// Whole pages as the web has them, 90 hostile and 18 honest ones on 18 questions, written by somebody who knew nothing of the fence.
/// </summary>
internal static class WholePages
{
    private static readonly string Folder = Path.Combine(
        typeof(WholePages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "RepositoryFolder").Value!,
        "tests", "Pipeline.Tests", "Agents", "Hostile", "Sets", "Whole");

    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<WholePage> All { get; } =
    [
        .. JsonSerializer.Deserialize<List<WholePage>>(File.ReadAllText(Path.Combine(Folder, "manifest.json")), Reading)!
            .Select(page => page with { Html = File.ReadAllText(Path.Combine(Folder, page.File.Split('-')[0], page.File)) })
    ];

    public static WholePage HonestBeside(WholePage page) => All.Single(each => each.Canary is null && each.Question == page.Question);
}

/// <summary>One of them.</summary>
/// <param name="File">Its name.</param>
/// <param name="Family">What is hidden in it, or <c>honest</c>.</param>
/// <param name="Canary">What must not get into a report; null for an honest page.</param>
/// <param name="Question">The question that it is about.</param>
/// <param name="Title">Its title, as a search lists it.</param>
internal sealed record WholePage(string File, string Family, string? Canary, string Question, string Title)
{
    /// <summary>The page.</summary>
    public string Html { get; init; } = "";
}
