using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>
/// The JSON Schema of task files, for editors: what the reader of task files asks of one, as far as a schema can say it.
/// </summary>
public static class TaskFileSchema
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    private static readonly string[] OfMedia =
        ["kinds", "schema", "citations", "inferred", "boxes", "transcript", "synthesis", "media"];

    private static readonly string[] OfAgents = ["tools", "trust", "budget", "output"];

    // At least one of them makes a citation.
    private static readonly string[] Places = ["start", "time", "page"];

    /// <summary>Writes the schema, ending with a line break.</summary>
    public static string Write() => Root().ToJsonString(Indented) + "\n";

    private static JsonObject Root()
    {
        var root = Object(
            "A task of qwen35batch: what is asked of media, and the form of the answer.",
            ("$schema", Typed("string", "Where this schema is, for editors.")),
            ("name", new JsonObject
            {
                ["type"] = "string",
                ["pattern"] = "^[a-z0-9_-]{1,64}$",
                ["not"] = new JsonObject { ["const"] = TaskCatalog.Auto },
                ["description"] = "What --task names; a built-in task of the same name is replaced.",
            }),
            ("description", NotEmpty("What the task is for, in a sentence; 'qwen35batch tasks' shows it.")),
            ("kind", new JsonObject
            {
                ["const"] = AgentTaskFile.Kind,
                ["description"] = "A task of an agent, which answers questions with tools; left out for a task that reads media.",
            }),
            ("kinds", new JsonObject
            {
                ["type"] = "array",
                ["minItems"] = 1,
                ["items"] = new JsonObject
                {
                    ["enum"] = new JsonArray([.. Enum.GetNames<MediaKind>().Select(name => (JsonNode)name.ToLowerInvariant())]),
                },
                ["description"] = "The kinds of media that the task reads.",
            }),
            ("prompt", Reference("lines", "The instructions; {language} stands for the language of the answers.")),
            ("schema", Reference("schema", "The JSON Schema of the answer. The order of its properties is that of the answer.")),
            ("citations", Reference("citations", "Which objects of the answer carry times or pages.")),
            ("inferred", Reference("pointers", "Values that the model words itself; they are not looked for in the media.")),
            ("boxes", new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    new JsonObject { ["const"] = "model" },
                    new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Pointer() }),
                ["description"] = "Asks the model for boxes where a picture has no text: of all items of arrays, or of these objects.",
            }),
            ("transcript", Pointer("The array that gets the transcript's spans; its items have exactly start, end and text.")),
            ("synthesis", Object(
                "What is asked over the insights of a job's segments; without it, they stand for themselves.",
                ("prompt", Reference("lines", "The instructions.")),
                ("schema", Reference("schema", "The JSON Schema of the answer.")),
                ("citations", Reference("citations", "Which objects of the answer carry times or pages.")),
                ("inferred", Reference("pointers", "Values that the model words itself.")))),
            ("sampling", Sampling()),
            ("media", Media()),
            ("tools", Tools()),
            ("trust", List(
                "Hosts, '*.' before one for all below it, and tools of MCP servers whose word alone is enough. Of others, a name, a code "
                    + "or a quotation reaches the report when the question or a second host has it.")),
            ("budget", Budget()),
            ("output", Object(
                "The form of the report.",
                ("title", new JsonObject { ["const"] = "string" }),
                ("sections", new JsonObject { ["const"] = "cited" }))));
        Require(root, "name", "description", "prompt");
        root["if"] = new JsonObject { ["required"] = new JsonArray("kind") };
        root["then"] = Only(["tools"], OfMedia);
        root["else"] = Only(["kinds", "schema"], OfAgents);
        Require(root["properties"]!["synthesis"]!.AsObject(), "prompt", "schema");
        root["$defs"] = new JsonObject
        {
            ["lines"] = new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    NotEmpty(),
                    new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = new JsonObject { ["type"] = "string" } }),
            },
            ["schema"] = new JsonObject { ["type"] = new JsonArray("object", "boolean") },
            ["pointers"] = new JsonObject { ["type"] = "array", ["items"] = Pointer() },
            ["citations"] = new JsonObject { ["type"] = "array", ["items"] = Citation() },
        };
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "qwen35batch task");
        return root;
    }

    private static JsonObject Citation()
    {
        var citation = Object(
            "An object of the answer, and its properties with times in seconds or with a page.",
            ("field", Typed("string", "The object's JSON pointer; * stands for every item of an array.")),
            ("start", NotEmpty("The property with the start of a span.")),
            ("end", NotEmpty("The property with the end of a span.")),
            ("time", NotEmpty("The property with one moment.")),
            ("page", NotEmpty("The property with a page, from 1.")));
        Require(citation, "field");
        citation["dependentRequired"] = new JsonObject { ["start"] = new JsonArray("end"), ["end"] = new JsonArray("start") };
        citation["anyOf"] = new JsonArray(
            [.. Places.Select(name => (JsonNode)new JsonObject { ["required"] = new JsonArray(name) })]);
        return citation;
    }

    private static JsonObject Tools()
    {
        var grant = Object(
            "What the agent may do with this tool.",
            ("allow", Typed("boolean", "False takes the tool away.")),
            ("maxCalls", Whole(AgentTaskFile.Calls, "Calls in one job; 10 by default.")),
            ("maxResults", Whole(AgentTaskFile.Results, "The largest count, max or rows that a call may ask for.")),
            ("maxRows", Whole(AgentTaskFile.Results, "The same, for insights.")),
            ("maxCharacters", Whole(AgentTaskFile.Characters, "The longest text among the arguments; 2000 by default.")),
            ("urls", new JsonObject
            {
                ["const"] = "seen",
                ["description"] = "Only addresses of the question or of results; always so.",
            }),
            ("hosts", List("Hosts that may be read, '*.' before one for all below it; without it, all public ones.")),
            ("tasks", List("Tasks whose insights may be asked for; without it, all.")),
            ("approval", Words("Whether a person must agree to each call.", "none", "required")),
            ("inDoubt", Words(
                "What becomes of a call that may have happened when the worker was stopped: it is skipped (the default), a person is "
                    + "asked, or it is repeated.",
                "skip", "ask", "repeat")),
            ("required", Typed("boolean", "False lets the task do without it where it is not set up.")));
        return new()
        {
            ["description"] = "The tools that the agent may call, by name; those of MCP servers as server_tool.",
            ["type"] = "object",
            ["minProperties"] = 1,
            ["additionalProperties"] = grant,
        };
    }

    private static JsonObject Budget() => Object(
        "What one job may spend.",
        ("steps", Whole(AgentTaskFile.Steps, "Requests to the model and calls of tools; 40 by default.")),
        ("tokens", Whole(AgentTaskFile.Amount, "Of prompts and answers; 200000 by default.")),
        ("minutes", Number(AgentTaskFile.Minutes, "Of work; 30 by default.")),
        ("bytes", Whole(AgentTaskFile.Amount, "From outside; 50000000 by default.")));

    /// <summary>What one kind of task needs, and what only the other has.</summary>
    private static JsonObject Only(string[] required, string[] others)
    {
        var schema = new JsonObject
        {
            ["properties"] = new JsonObject(others.Select(name => KeyValuePair.Create(name, (JsonNode?)JsonValue.Create(false)))),
        };
        Require(schema, required);
        return schema;
    }

    private static JsonObject List(string description) => new()
    {
        ["type"] = "array",
        ["minItems"] = 1,
        ["items"] = NotEmpty(),
        ["description"] = description,
    };

    private static JsonObject Words(string description, params string[] words) => new()
    {
        ["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]),
        ["description"] = description,
    };

    private static JsonObject Sampling() => Object(
        "How an answer is drawn.",
        ("temperature", Number(TaskBounds.Temperature, "0 takes the likeliest token always; the default.")),
        ("topK", Whole(TaskBounds.TopK, "Only so many of the likeliest tokens.")),
        ("topP", Number(TaskBounds.TopP, "Only the likeliest tokens that have this probability together.")),
        ("presencePenalty", Number(TaskBounds.PresencePenalty, "Above 0 against repetition.")),
        ("maxOutputTokens", Whole(TaskBounds.MaxOutputTokens, "The longest answer; 1000 by default.")));

    private static JsonObject Media() => Object(
        "How the task wants its media.",
        ("framesPerSecond", Number(TaskBounds.FramesPerSecond, "Frames taken from a video; 1 by default.")),
        ("clipSeconds", Number(TaskBounds.Seconds, "The length of a clip; 30 by default.")),
        ("maxPicturePixels", Whole(TaskBounds.Pixels, "Larger pictures are reduced; 1024 pixels are a token; 1048576 by default.")),
        ("maxFramePixels", Whole(TaskBounds.Pixels, "The same for frames of videos; 262144 by default.")),
        ("maxPages", Whole(TaskBounds.MaxPages, "Documents with more pages are rejected; 500 by default.")),
        ("audioSpanSeconds", Number(TaskBounds.Seconds, "The length of a span of sound; 300 by default.")),
        ("textPartCharacters", Whole(TaskBounds.TextPartCharacters, "The length of a part of a text; 12000 by default.")),
        ("includeTextLayer", Typed("boolean", "Whether a page's text layer is sent beside its picture; true by default.")),
        ("maxSegments", Whole(TaskBounds.MaxSegments, "Jobs of more segments are rejected; Extract:MaxSegments by default.")));

    private static JsonObject Object(string description, params IEnumerable<(string Name, JsonObject Schema)> properties)
    {
        var members = new JsonObject();
        foreach (var (name, schema) in properties) members[name] = schema;
        return new()
        {
            ["description"] = description,
            ["type"] = "object",
            ["properties"] = members,
            ["additionalProperties"] = false,
        };
    }

    private static void Require(JsonObject schema, params IEnumerable<string> names) =>
        schema["required"] = new JsonArray([.. names.Select(name => (JsonNode)name)]);

    private static JsonObject Reference(string definition, string description) =>
        new() { ["$ref"] = $"#/$defs/{definition}", ["description"] = description };

    private static JsonObject Typed(string type, string description) => new() { ["type"] = type, ["description"] = description };

    private static JsonObject NotEmpty(string? description = null)
    {
        var text = new JsonObject { ["type"] = "string", ["pattern"] = "\\S" };
        if (description is not null) text["description"] = description;
        return text;
    }

    private static JsonObject Pointer(string? description = null)
    {
        var pointer = new JsonObject { ["type"] = "string", ["pattern"] = "^/" };
        if (description is not null) pointer["description"] = description;
        return pointer;
    }

    private static JsonObject Number(TaskBounds bounds, string description) => Bounded("number", bounds, description);

    private static JsonObject Whole(TaskBounds bounds, string description) => Bounded("integer", bounds, description);

    private static JsonObject Bounded(string type, TaskBounds bounds, string description) => new()
    {
        ["type"] = type,
        ["minimum"] = Value(bounds.Least),
        ["maximum"] = Value(bounds.Most),
        ["description"] = description,
    };

    private static JsonValue Value(double value) => double.IsInteger(value) ? JsonValue.Create((long)value) : JsonValue.Create(value);
}
