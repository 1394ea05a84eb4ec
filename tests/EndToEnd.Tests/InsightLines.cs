using System.Text.Json;
using System.Text.RegularExpressions;
using NJsonSchema;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>The lines that <c>run --out</c> writes.</summary>
internal static partial class InsightLines
{
    private static readonly Dictionary<(string Task, bool Synthesis), JsonSchema> Schemas = [];

    public static async Task<List<JsonElement>> ReadAsync(string file) =>
        [.. (await File.ReadAllLinesAsync(file)).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>The file's name without its folder.</summary>
    public static string Source(JsonElement line) => Path.GetFileName(line.GetProperty("source").GetString()!);

    /// <summary>Fails when a segment has two insights, or an insight is not valid.</summary>
    public static async Task AssertEveryInsightOnceAsync(IReadOnlyList<JsonElement> lines, IEnumerable<string> sources)
    {
        var keys = lines.Select(line => (line.GetProperty("job").GetString(), line.GetProperty("segment").GetProperty("number").GetInt32()))
            .ToList();
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.Equal(sources.Order(), lines.Select(Source).Distinct().Order());
        foreach (var line in lines) await AssertValidAsync(line);
    }

    /// <summary>Against the schema as the program prints it, by a validator that is not ours.</summary>
    public static async Task AssertValidAsync(JsonElement line)
    {
        var task = line.GetProperty("task").GetProperty("name").GetString()!;
        var schema = await SchemaAsync(task, line.GetProperty("segment").GetProperty("kind").GetString() == "synthesis");
        // The validator counts UTF-16 units where JSON Schema counts characters: give it characters of one unit.
        var insight = BeyondOneUnit().Replace(line.GetProperty("insight").GetRawText(), "\u25A1");
        var errors = schema.Validate(insight);
        Assert.True(errors.Count == 0, $"{task}: {string.Join("; ", errors)} in {insight}");
    }

    private static async Task<JsonSchema> SchemaAsync(string task, bool synthesis)
    {
        if (Schemas.TryGetValue((task, synthesis), out var schema)) return schema;
        var printed = await WorkerProcess.RunAsync(synthesis ? ["tasks", "--schema", task, "--synthesis"] : ["tasks", "--schema", task]);
        Assert.Equal(0, printed.ExitCode);
        return Schemas[(task, synthesis)] = await JsonSchema.FromJsonAsync(printed.Output);
    }

    [GeneratedRegex(@"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|[\uD800-\uDBFF][\uDC00-\uDFFF]")]
    private static partial Regex BeyondOneUnit();
}
