using System.Text.Json;
using Qwen35Batch.Pipeline.Tasks.Grants;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>Finds all that is wrong with a task's file, or with a schema alone, where loading it stops at the first fault.</summary>
public static class TaskFileCheck
{
    private static readonly JsonDocumentOptions Reading = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <param name="file">The file's name, for the messages.</param>
    /// <param name="content">The file.</param>
    /// <param name="engines">What the engine can hold an answer to.</param>
    /// <param name="vocabularies">The lists of names that a schema may refer to; none when it is null.</param>
    /// <param name="tools">The tools that an agent may be given; none when it is null.</param>
    /// <returns>The faults, each with the JSON pointer of what is wrong; empty when the file can be used.</returns>
    public static IReadOnlyList<string> Find(
        string file, ReadOnlyMemory<byte> content, IEnumerable<SchemaSupport> engines, IVocabularies? vocabularies = null,
        IEnumerable<KnownTool>? tools = null)
    {
        ArgumentNullException.ThrowIfNull(engines);
        var supports = engines.ToArray();
        var lists = vocabularies ?? NoVocabularies.Instance;
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(content.Span.StartsWith("\uFEFF"u8) ? content[3..] : content, Reading);
            root = document.RootElement.Clone();
        }
        catch (JsonException invalid)
        {
            return [$"'{file}' is not valid JSON: {invalid.Message}"];
        }

        if (root.ValueKind != JsonValueKind.Object || !(root.TryGetProperty("prompt", out _) || root.TryGetProperty("schema", out _)))
            return Schema(root, "", supports, lists);
        List<string> faults = [];
        if (root.TryGetProperty("schema", out var schema)) faults.AddRange(Schema(schema, "/schema", supports, lists));
        if (root.TryGetProperty("synthesis", out var synthesis)
            && synthesis.ValueKind == JsonValueKind.Object
            && synthesis.TryGetProperty("schema", out schema))
        {
            faults.AddRange(Schema(schema, "/synthesis/schema", supports, lists));
        }

        try
        {
            new TaskFile(supports, lists, [.. tools ?? []]).Read(file, content);
        }
        catch (InvalidTaskException problem)
        {
            // Those of the schemas are named above, each by its own place.
            var others = problem.Faults.Where(fault => !fault.IsOfSchema || faults.Count == 0).Select(fault => fault.Sentence).ToList();
            faults.AddRange(problem.Faults.Count == 0 ? [problem.Message] : others);
        }

        return faults;
    }

    private static List<string> Schema(JsonElement schema, string pointer, SchemaSupport[] engines, IVocabularies vocabularies)
    {
        var faults = JsonSchema.Read(schema, vocabularies).Faults;
        if (faults.Count > 0) return [.. faults.Select(fault => $"#{pointer}{fault.JsonPointer[1..]}: {fault.Reason}")];
        return [
            .. engines.Select(engine => engine(schema))
                .OfType<string>()
                .Select(refusal => pointer.Length == 0 ? refusal : $"in {pointer}, {refusal}")
        ];
    }
}
