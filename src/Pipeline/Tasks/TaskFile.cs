using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>Reads one task file. Unknown members are refused: a misspelt setting would else be ignored in silence.</summary>
internal sealed class TaskFile(
    IEnumerable<SchemaSupport> engines, IVocabularies vocabularies, IReadOnlyList<KnownTool>? tools = null)
{
    private static readonly JsonDocumentOptions Reading = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    private readonly SchemaSupport[] _engines = [.. engines];

    public AnalysisTask Read(string file, ReadOnlyMemory<byte> content)
    {
        using var document = Parse(file, content);
        var task = AgentTaskFile.Is(document.RootElement)
            ? ReadAgent(new(document.RootElement.Clone(), file, ""))
            : ReadAnalysis(new(document.RootElement.Clone(), file, ""));
        return task with { Reference = task.Reference with { Version = TaskVersion.Of(task) } };
    }

    private AnalysisTask ReadAgent(TaskFileNode root)
    {
        var agent = AgentTaskFile.Read(root, tools ?? []);
        return new()
        {
            Reference = new(Name(root.Required("name")), ""),
            Description = root.Required("description").Text(),
            Kinds = [],
            Segment = new(root.Required("prompt").Lines(), AgentAnswer.Schema, []),
            Sampling = root.Optional("sampling") is { } sampling ? ReadSampling(sampling) : new() { MaxOutputTokens = 4_000 },
            Media = new(),
            Agent = agent,
        };
    }

    private AnalysisTask ReadAnalysis(TaskFileNode file)
    {
        if (file.Element.ValueKind == JsonValueKind.Object && file.Optional("kind") is { } kind)
            throw kind.Problem($"the kind of a task is '{AgentTaskFile.Kind}', or not said.");
        var root = file.Object(
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
            "media");
        return new()
        {
            Reference = new(Name(root.Required("name")), ""),
            Description = root.Required("description").Text(),
            Kinds = [.. root.Required("kinds").Items(1).Select(Kind).Distinct()],
            Segment = Question(root),
            Synthesis = root.Optional("synthesis") is { } node ? Question(node.Object("prompt", "schema", "citations", "inferred")) : null,
            Sampling = root.Optional("sampling") is { } sampling ? ReadSampling(sampling) : new(),
            Media = root.Optional("media") is { } media ? ReadMedia(media) : new(),
        };
    }

    private static JsonDocument Parse(string file, ReadOnlyMemory<byte> content)
    {
        try
        {
            return JsonDocument.Parse(content.Span.StartsWith("\uFEFF"u8) ? content[3..] : content, Reading);
        }
        catch (JsonException invalid)
        {
            throw new InvalidTaskException($"The task file '{file}' is not valid JSON: {invalid.Message}", invalid);
        }
    }

    private static string Name(TaskFileNode node)
    {
        var name = node.Text();
        if (name.Length <= 64
            && name != TaskCatalog.Auto
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'))
        {
            return name;
        }

        throw node.Problem($"a name of at most 64 of a-z, 0-9, '-' and '_' is needed, other than '{TaskCatalog.Auto}'.");
    }

    private static MediaKind Kind(TaskFileNode node) =>
        Enum.GetValues<MediaKind>()
            .Where(kind => string.Equals(kind.ToString(), node.Text(), StringComparison.OrdinalIgnoreCase))
            .Cast<MediaKind?>()
            .FirstOrDefault()
        ?? throw node.Problem(
            $"'{node.Text()}' is no kind of media; allowed are "
                + $"{string.Join(", ", Enum.GetNames<MediaKind>().Select(name => $"'{name.ToLowerInvariant()}'"))}.");

    private TaskQuestion Question(TaskFileNode node)
    {
        var schema = node.Required("schema");
        var faults = JsonSchema.Read(schema.Element, vocabularies).Faults;
        if (faults.Count > 0) throw schema.Problem($"the schema cannot be used: {string.Join(" ", faults)}");
        schema = schema with { Element = AnswerSchema.AsObject(schema.Element, vocabularies) };
        var question = new TaskQuestion(
            node.Required("prompt").Lines(),
            schema.Element,
            node.Optional("citations") is { } citations ? [.. citations.Items(0).Select(citation => Rule(citation, schema))] : [],
            node.Optional("transcript") is { } transcript ? Transcript(transcript, schema) : null,
            vocabularies)
        {
            Inferred = node.Optional("inferred") is { } inferred ? [.. inferred.Items(0).Select(item => Inferred(item, schema))] : [],
            Boxes = node.Optional("boxes") is { } boxes ? Boxes(boxes, schema.Element) : null,
        };

        // Asked in the form that is sent, where the media's own bounds stand for the schema's.
        var sent = SchemaNarrowing.Narrow(question, new(0, 10), new(1, 10));
        foreach (var engine in _engines)
            if (engine(sent) is { } refusal) throw schema.Problem($"the engine cannot keep to the schema: {refusal}");
        return question;
    }

    private static CitationRule Rule(TaskFileNode node, TaskFileNode schema)
    {
        node.Object("field", "start", "end", "time", "page");
        var rule = new CitationRule(
            node.Required("field").Element.GetString() ?? "",
            node.Optional("start")?.Text(),
            node.Optional("end")?.Text(),
            node.Optional("time")?.Text(),
            node.Optional("page")?.Text());
        if (rule.Page is null && !rule.Times().Any()) throw node.Problem("at least one of 'start', 'end', 'time' and 'page' is needed.");
        if ((rule.Start is null) != (rule.End is null)) throw node.Problem("'start' and 'end' are needed together.");
        if (SchemaNarrowing.Problem(schema.Element, rule) is { } problem) throw node.Problem(problem);
        return rule;
    }

    private static IReadOnlyList<string> Boxes(TaskFileNode node, JsonElement schema)
    {
        if (node.Element.ValueKind == JsonValueKind.Array)
        {
            return [.. node.Items(1).Select(item => SchemaNarrowing.IsObjectAt(schema, item.Text())
                ? item.Text()
                : throw item.Problem($"'{item.Text()}' is no object of the schema; '*' stands for every item of an array."))];
        }

        if (node.Text() != "model") throw node.Problem("'model' is needed, or an array of the objects' JSON pointers.");
        return ModelBoxes.Items(schema) is { Count: > 0 } items
            ? items
            : throw node.Problem("the schema has no array of objects: name the objects by their JSON pointers.");
    }

    private static string Inferred(TaskFileNode node, TaskFileNode schema) => SchemaNarrowing.IsPlace(schema.Element, node.Text())
        ? node.Text()
        : throw node.Problem($"'{node.Text()}' is no place of the schema; '*' stands for every item of an array.");

    private static string Transcript(TaskFileNode node, TaskFileNode schema)
    {
        var pointer = node.Text();
        return SchemaNarrowing.TranscriptProblem(schema.Element, pointer) is { } problem ? throw node.Problem(problem) : pointer;
    }

    private static Sampling ReadSampling(TaskFileNode node)
    {
        node.Object("temperature", "topK", "topP", "presencePenalty", "maxOutputTokens");
        var defaults = new Sampling();
        return new()
        {
            Temperature = node.Optional("temperature")?.Number(0, 2) ?? defaults.Temperature,
            TopK = node.Optional("topK")?.Integer(1, 1000),
            TopP = node.Optional("topP")?.Number(0.01, 1),
            PresencePenalty = node.Optional("presencePenalty")?.Number(-2, 2) ?? defaults.PresencePenalty,
            MaxOutputTokens = node.Optional("maxOutputTokens")?.Integer(16, 65_536) ?? defaults.MaxOutputTokens,
        };
    }

    private static MediaSettings ReadMedia(TaskFileNode node)
    {
        node.Object(
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
            FramesPerSecond = node.Optional("framesPerSecond")?.Number(0.001, 30) ?? defaults.FramesPerSecond,
            ClipSeconds = node.Optional("clipSeconds")?.Number(1, 3600) ?? defaults.ClipSeconds,
            MaxPicturePixels = node.Optional("maxPicturePixels")?.Integer(1024, 16_777_216) ?? defaults.MaxPicturePixels,
            MaxFramePixels = node.Optional("maxFramePixels")?.Integer(1024, 16_777_216) ?? defaults.MaxFramePixels,
            MaxPages = node.Optional("maxPages")?.Integer(1, 100_000) ?? defaults.MaxPages,
            AudioSpanSeconds = node.Optional("audioSpanSeconds")?.Number(1, 3600) ?? defaults.AudioSpanSeconds,
            TextPartCharacters = node.Optional("textPartCharacters")?.Integer(200, 1_000_000) ?? defaults.TextPartCharacters,
            MaxSegments = node.Optional("maxSegments")?.Integer(1, 1_000_000),
            IncludeTextLayer = node.Optional("includeTextLayer")?.Flag() ?? defaults.IncludeTextLayer,
        };
    }
}
