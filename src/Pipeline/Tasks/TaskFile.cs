using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Tasks.Grants;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>Reads one task file. Unknown members are refused: a misspelt setting would else be ignored in silence.</summary>
internal sealed class TaskFile(
    IEnumerable<SchemaSupport> engines, IVocabularies vocabularies, IReadOnlyList<KnownTool>? tools = null)
{
    private readonly SchemaSupport[] _engines = [.. engines];

    /// <exception cref="InvalidTaskException">The file cannot be used; all that is wrong with it is named.</exception>
    public AnalysisTask Read(string file, ReadOnlyMemory<byte> content)
    {
        var (root, broken) = TaskFileDocument.Parse(file, content);
        var faults = new List<TaskFault>();
        var node = new TaskFileNode(root, file, "", faults);
        foreach (var (pointer, reason) in broken) (node with { Pointer = pointer }).Complain(reason);
        var task = AgentTaskFile.Is(root) ? ReadAgent(node, faults) : ReadAnalysis(node, faults);
        return task with { Reference = task.Reference with { Version = TaskVersion.Of(task) } };
    }

    private AnalysisTask ReadAgent(TaskFileNode root, List<TaskFault> faults)
    {
        var agent = AgentTaskFile.Read(root, tools ?? []);
        var name = Name(root.Required("name"));
        var description = root.Required("description")?.Text();
        var prompt = root.Required("prompt")?.Lines();
        var sampling = root.Optional("sampling") is { } drawn ? ReadSampling(drawn) : new() { MaxOutputTokens = 4_000 };
        if (faults.Count > 0) throw new InvalidTaskException(faults);
        return new()
        {
            Reference = new(name!, ""),
            Description = description!,
            Kinds = [],
            Segment = new(prompt!, AgentAnswer.Schema, []),
            Sampling = sampling,
            Media = new(),
            Agent = agent,
        };
    }

    private AnalysisTask ReadAnalysis(TaskFileNode node, List<TaskFault> faults)
    {
        var root = node.Object(
            "name",
            "description",
            "kinds",
            "prompt",
            "schema",
            "citations",
            "inferred",
            "boxes",
            "transcript",
            "synthesis",
            "sampling",
            "media",
            "kind",
            "$schema");
        if (root.Optional("kind") is { } kind) kind.Complain($"the kind of a task is '{AgentTaskFile.Kind}', or not said.");
        var name = Name(root.Required("name"));
        var description = root.Required("description")?.Text();
        var kinds = root.Required("kinds")?.Items(1).Select(Kind).OfType<MediaKind>().Distinct().ToList() ?? [];
        var segment = Question(root);
        var synthesis = root.Optional("synthesis") is { } whole
            ? Question(whole.Object("prompt", "schema", "citations", "inferred"))
            : null;
        var sampling = root.Optional("sampling") is { } drawn ? ReadSampling(drawn) : new();
        var media = root.Optional("media") is { } wanted ? ReadMedia(wanted) : new();
        if (faults.Count > 0) throw new InvalidTaskException(faults);

        return new()
        {
            Reference = new(name!, ""),
            Description = description!,
            Kinds = kinds,
            Segment = segment!,
            Synthesis = synthesis,
            Sampling = sampling,
            Media = media,
        };
    }

    private static string? Name(TaskFileNode? node)
    {
        if (node?.Text() is not { } name) return null;
        if (name.Length <= 64
            && name != TaskCatalog.Auto
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'))
        {
            return name;
        }

        node.Value.Complain($"a name of at most 64 of a-z, 0-9, '-' and '_' is needed, other than '{TaskCatalog.Auto}'.");
        return null;
    }

    private static MediaKind? Kind(TaskFileNode node)
    {
        if (node.Text() is not { } name) return null;
        foreach (var kind in Enum.GetValues<MediaKind>())
            if (string.Equals(kind.ToString(), name, StringComparison.OrdinalIgnoreCase)) return kind;
        var allowed = Enum.GetNames<MediaKind>().Select(kind => $"'{kind.ToLowerInvariant()}'");
        node.Complain($"'{name}' is no kind of media; allowed are {string.Join(", ", allowed)}.");
        return null;
    }

    /// <returns>Null after a complaint.</returns>
    private TaskQuestion? Question(TaskFileNode node)
    {
        var prompt = node.Required("prompt")?.Lines();
        var schema = node.Required("schema") is { } given ? Usable(given) : null;
        var citations = node.Optional("citations")?.Items(0).Select(citation => Rule(citation, schema)).OfType<CitationRule>().ToList();
        var transcript = node.Optional("transcript") is { } array ? Transcript(array, schema) : null;
        var inferred = node.Optional("inferred")?.Items(0).Select(item => Inferred(item, schema)).OfType<string>().ToList();
        var boxes = node.Optional("boxes") is { } wanted ? Boxes(wanted, schema) : null;
        if (prompt is null || schema is not { } answer) return null;

        var question = new TaskQuestion(prompt, answer.Element, citations ?? [], transcript, vocabularies)
        {
            Inferred = inferred ?? [],
            Boxes = boxes,
        };

        // Asked in the form that is sent, where the media's own bounds stand for the schema's.
        var sent = SchemaNarrowing.Narrow(question, new(0, 10), new(1, 10));
        foreach (var engine in _engines)
            if (engine(sent) is { } refusal) answer.Complain($"the engine cannot keep to the schema: {refusal}", isOfSchema: true);
        return question;
    }

    /// <returns>The schema of an object; null after a complaint.</returns>
    private TaskFileNode? Usable(TaskFileNode schema)
    {
        var faults = JsonSchema.Read(schema.Element, vocabularies).Faults;
        if (faults.Count == 0) return schema with { Element = AnswerSchema.AsObject(schema.Element, vocabularies) };
        schema.Complain($"the schema cannot be used: {string.Join(" ", faults)}", isOfSchema: true);
        return null;
    }

    /// <param name="node">The rule.</param>
    /// <param name="schema">What its names are looked for in; null for a schema that cannot be used.</param>
    private static CitationRule? Rule(TaskFileNode node, TaskFileNode? schema)
    {
        var rule = new CitationRule(
            node.Object("field", "start", "end", "time", "page").Required("field") is { Element.ValueKind: JsonValueKind.String } field
                ? field.Element.GetString()!
                : "",
            node.Optional("start")?.Text(),
            node.Optional("end")?.Text(),
            node.Optional("time")?.Text(),
            node.Optional("page")?.Text());
        var problem = rule.Page is null && !rule.Times().Any()
            ? "at least one of 'start', 'end', 'time' and 'page' is needed."
            : (rule.Start is null) != (rule.End is null)
                ? "'start' and 'end' are needed together."
                : schema is { } known ? SchemaNarrowing.Problem(known.Element, rule) : null;
        if (problem is null) return rule;
        node.Complain(problem);
        return null;
    }

    private static IReadOnlyList<string>? Boxes(TaskFileNode node, TaskFileNode? schema)
    {
        if (node.IsArray)
        {
            return [.. node.Items(1).Select(item => Checked(
                item,
                text => schema is not { } known || SchemaNarrowing.IsObjectAt(known.Element, text)
                    ? null
                    : $"'{text}' is no object of the schema; '*' stands for every item of an array.")).OfType<string>()];
        }

        if (node.Text() is not { } word) return null;
        if (word != "model")
            node.Complain("'model' is needed, or an array of the objects' JSON pointers.");
        else if (schema is not { } known)
            return null;
        else if (ModelBoxes.Items(known.Element) is { Count: > 0 } items)
            return items;
        else
            node.Complain("the schema has no array of objects: name the objects by their JSON pointers.");
        return null;
    }

    private static string? Inferred(TaskFileNode node, TaskFileNode? schema) => Checked(
        node,
        text => schema is not { } known || SchemaNarrowing.IsPlace(known.Element, text)
            ? null
            : $"'{text}' is no place of the schema; '*' stands for every item of an array.");

    private static string? Transcript(TaskFileNode node, TaskFileNode? schema) =>
        Checked(node, text => schema is { } known ? SchemaNarrowing.TranscriptProblem(known.Element, text) : null);

    private static string? Checked(TaskFileNode node, Func<string, string?> problemOf)
    {
        if (node.Text() is not { } text) return null;
        if (problemOf(text) is not { } problem) return text;
        node.Complain(problem);
        return null;
    }

    private static Sampling ReadSampling(TaskFileNode read)
    {
        var node = read.Object("temperature", "topK", "topP", "presencePenalty", "maxOutputTokens");
        var defaults = new Sampling();
        return new()
        {
            Temperature = node.Optional("temperature")?.Number(TaskBounds.Temperature) ?? defaults.Temperature,
            TopK = node.Optional("topK")?.Integer(TaskBounds.TopK),
            TopP = node.Optional("topP")?.Number(TaskBounds.TopP),
            PresencePenalty = node.Optional("presencePenalty")?.Number(TaskBounds.PresencePenalty) ?? defaults.PresencePenalty,
            MaxOutputTokens = node.Optional("maxOutputTokens")?.Integer(TaskBounds.MaxOutputTokens) ?? defaults.MaxOutputTokens,
        };
    }

    private static MediaSettings ReadMedia(TaskFileNode read)
    {
        var node = read.Object(
            "framesPerSecond",
            "clipSeconds",
            "maxPicturePixels",
            "maxFramePixels",
            "maxPages",
            "audioSpanSeconds",
            "textPartCharacters",
            "includeTextLayer",
            "maxSegments");
        var defaults = new MediaSettings();
        return new()
        {
            FramesPerSecond = node.Optional("framesPerSecond")?.Number(TaskBounds.FramesPerSecond) ?? defaults.FramesPerSecond,
            ClipSeconds = node.Optional("clipSeconds")?.Number(TaskBounds.Seconds) ?? defaults.ClipSeconds,
            MaxPicturePixels = node.Optional("maxPicturePixels")?.Integer(TaskBounds.Pixels) ?? defaults.MaxPicturePixels,
            MaxFramePixels = node.Optional("maxFramePixels")?.Integer(TaskBounds.Pixels) ?? defaults.MaxFramePixels,
            MaxPages = node.Optional("maxPages")?.Integer(TaskBounds.MaxPages) ?? defaults.MaxPages,
            AudioSpanSeconds = node.Optional("audioSpanSeconds")?.Number(TaskBounds.Seconds) ?? defaults.AudioSpanSeconds,
            TextPartCharacters = node.Optional("textPartCharacters")?.Integer(TaskBounds.TextPartCharacters) ?? defaults.TextPartCharacters,
            MaxSegments = node.Optional("maxSegments")?.Integer(TaskBounds.MaxSegments),
            IncludeTextLayer = node.Optional("includeTextLayer")?.Flag() ?? defaults.IncludeTextLayer,
        };
    }
}
