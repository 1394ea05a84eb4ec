using System.Text.Json;
using Qwen35Batch.Pipeline.Tasks.Grants;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tasks.Checks;

/// <summary>Finds all that is wrong with a task's file, or with a schema alone, where loading it stops at the first fault.</summary>
public static class TaskFileCheck
{
    private static readonly string[] TaskMembers = ["prompt", "schema", "kinds", "kind"];

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
        TaskFileDocument document;
        try
        {
            document = TaskFileDocument.Parse(file, content);
        }
        catch (InvalidTaskException invalid)
        {
            return [invalid.Message];
        }

        var root = document.Root;
        if (!IsTask(root))
        {
            var broken = document.Faults.Select(fault => $"#{fault.Pointer}: {fault.Reason}");
            return [.. broken, .. Schema(root, "", supports, lists)];
        }

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

    /// <summary>
    /// Finds what a file's schemas and prompts say in vain, and may have been meant to: keywords of other dialects, misspelt ones, words in
    /// braces that nothing stands for. A file can be used with them.
    /// </summary>
    /// <param name="content">The file.</param>
    /// <param name="vocabularies">The lists of names that a schema may refer to; none when it is null.</param>
    /// <returns>The hints, each with a JSON pointer; empty for what is no JSON.</returns>
    public static IReadOnlyList<string> FindHints(ReadOnlyMemory<byte> content, IVocabularies? vocabularies = null)
    {
        var lists = vocabularies ?? NoVocabularies.Instance;
        try
        {
            var root = TaskFileDocument.Parse("", content).Root;
            return IsTask(root)
                ? [.. Hints(root, "", lists), .. root.TryGetProperty("synthesis", out var whole) ? Hints(whole, "/synthesis", lists) : []]
                : [.. Hints(root, lists, "")];
        }
        catch (InvalidTaskException)
        {
            return [];
        }
    }

    // What stands at the root of a task's file, and not of a schema.
    private static bool IsTask(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && TaskMembers.Any(name => root.TryGetProperty(name, out _));

    private static IEnumerable<string> Hints(JsonElement question, string pointer, IVocabularies vocabularies)
    {
        if (question.ValueKind != JsonValueKind.Object) return [];
        var ofPrompt = question.TryGetProperty("prompt", out var prompt)
            ? PromptHints.Of(prompt, $"#{pointer}/prompt", AgentTaskFile.Is(question))
            : [];
        return question.TryGetProperty("schema", out var schema)
            ? [.. ofPrompt, .. Hints(schema, vocabularies, $"{pointer}/schema")]
            : ofPrompt;
    }

    private static IEnumerable<string> Hints(JsonElement schema, IVocabularies vocabularies, string pointer) =>
        JsonSchema.Read(schema, vocabularies).Hints.Select(hint => $"#{pointer}{hint.JsonPointer[1..]}: {hint.Reason}");

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
