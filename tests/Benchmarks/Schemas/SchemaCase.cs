using System.Text.Json;

namespace Qwen35Batch.Benchmarks.Schemas;

/// <summary>A schema and instances of which it is known whether they are valid.</summary>
/// <param name="Name">The file, and the case within it.</param>
/// <param name="Schema">The schema.</param>
/// <param name="Tests">The instances.</param>
internal sealed record SchemaCase(string Name, JsonElement Schema, IReadOnlyList<(JsonElement Data, bool IsValid)> Tests)
{
    /// <summary>
    /// The cases of a folder's files: one of <c>{"schema", "tests"}</c>, a list of them as in the official suite, or a schema alone.
    /// </summary>
    /// <param name="folder">The folder, or one file.</param>
    /// <param name="isRead">Whether the file of an index is read.</param>
    public static IEnumerable<SchemaCase> ReadAll(string folder, Func<int, bool> isRead)
    {
        if (!Directory.Exists(folder) && !File.Exists(folder))
            throw new ArgumentException($"There is no folder '{folder}' with schemas.", nameof(folder));
        IEnumerable<string> files = File.Exists(folder)
            ? [folder]
            : Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        foreach (var file in files.Where((_, i) => isRead(i)))
        {
            var name = Path.GetRelativePath(folder, file);
            using var document = JsonDocument.Parse(File.ReadAllBytes(file), new() { MaxDepth = 512 });
            var root = document.RootElement.Clone();
            if (root.ValueKind == JsonValueKind.Array)
            {
                foreach (var (i, entry) in root.EnumerateArray().Index())
                    yield return Read($"{name}#{i}", entry);
            }
            else
            {
                yield return Read(name, root);
            }
        }
    }

    private static SchemaCase Read(string name, JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object
            && entry.TryGetProperty("schema", out var schema)
            && entry.TryGetProperty("tests", out var tests)
            && tests.ValueKind == JsonValueKind.Array
            ? new SchemaCase(
                name,
                schema,
                [
                    .. tests.EnumerateArray()
                        .Where(test => test.TryGetProperty("data", out _))
                        .Select(test => (test.GetProperty("data"), test.GetProperty("valid").GetBoolean()))
                ])
            : new SchemaCase(name, entry, []);
}
