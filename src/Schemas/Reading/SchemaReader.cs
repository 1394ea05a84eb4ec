using System.Text.Json;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Schemas.Reading;

/// <summary>Reads a document into schemas, each once, and notes all that is wrong.</summary>
/// <param name="root">The document.</param>
/// <param name="vocabularies">The lists of names that it may refer to.</param>
internal sealed class SchemaReader(JsonElement root, IVocabularies vocabularies)
{
    // Schemas that hold the same value one by way of another, as by $ref.
    private const int MaxSteps = 100;

    // Places that are reached by way of different resources count once for each.
    private const int MostScoped = 100_000;

    private readonly Dictionary<(string Pointer, string Scope), Schema> _schemas = [];
    private readonly Dictionary<Schema, DynamicScope> _scopes = [];
    private readonly List<SchemaFault> _faults = [];
    private readonly List<SchemaHint> _hints = [];
    private readonly List<(Schema Schema, JsonElement Element)> _written = [];
    private readonly SchemaResources _resources = new(root);
    private readonly Queue<(Schema Schema, JsonElement Element)> _open = [];

    public IReadOnlyList<SchemaFault> Faults => _faults;

    public IVocabularies Vocabularies => vocabularies;

    /// <summary>What was read otherwise than it is written.</summary>
    public IReadOnlyList<SchemaHint> Hints => _hints;

    /// <summary>The schemas that have keywords, with these as they are written.</summary>
    public IReadOnlyList<(Schema Schema, JsonElement Element)> Written => _written;

    /// <summary>All schemas that have been read.</summary>
    public IReadOnlyCollection<Schema> All => _schemas.Values;

    /// <summary>The number of schemas that have been read; the next one's <see cref="Schema.Id"/>.</summary>
    public int Count { get; private set; }

    public void Refuse(string pointer, string reason) => _faults.Add(new SchemaFault(pointer, reason));

    /// <summary>Reads the document's schema and all that it refers to.</summary>
    public Schema ReadAll()
    {
        var schema = Read(root, "#", null);
        while (_open.TryDequeue(out var open))
        {
            _written.Add(open);
            ReadKeywords(open.Schema, open.Element);
        }

        return schema;
    }

    /// <summary>
    /// Notes the schemas that lead back to themselves without an object or array between: no value could ever be checked by them. So are
    /// those that lead on and on.
    /// </summary>
    public void RefuseLoops()
    {
        var steps = new Dictionary<Schema, int>();
        foreach (var schema in _schemas.Values)
            Follow(schema, [], steps);
    }

    /// <summary>The schema at a place; its keywords are read later, so that references may lead in circles.</summary>
    /// <param name="element">What is written there.</param>
    /// <param name="pointer">The place.</param>
    /// <param name="from">The schema that leads there, which says what dynamic references mean; null for the document.</param>
    public Schema Read(JsonElement element, string pointer, Schema? from)
    {
        var scope = _resources.Enter(from is null ? DynamicScope.None : _scopes.GetValueOrDefault(from, DynamicScope.None), pointer);
        if (_schemas.TryGetValue((pointer, scope.Key), out var known))
            return known;
        var schema = new Schema(Count++, pointer);
        _schemas.Add((pointer, scope.Key), schema);
        if (scope != DynamicScope.None)
            _scopes.Add(schema, scope);
        if (_scopes.Count > MostScoped)
        {
            if (_scopes.Count == MostScoped + 1)
                Refuse(pointer, "its dynamic references may lead to too many schemas; write $ref.");
            return schema;
        }

        if (element.ValueKind == JsonValueKind.Object)
            _open.Enqueue((schema, element));
        else if (element.ValueKind is JsonValueKind.True or JsonValueKind.False)
            schema.IsFalse = element.ValueKind == JsonValueKind.False;
        else
            Refuse(pointer, $"a schema is a JSON object, or true or false.{Misplaced(pointer)}");
        return schema;
    }

    // A keyword among the properties is mostly meant for the object.
    private static string Misplaced(string pointer) =>
        pointer.Split('/') is [.., "properties", var name] && Keywords.All.ContainsKey(name)
            ? $" If the keyword '{name}' is meant, it stands beside \"properties\" and not within."
            : "";

    /// <summary>A schema that asks for properties and nothing else.</summary>
    public Schema Require(string pointer, IReadOnlyList<string> names) => new(Count++, pointer) { Required = names };

    /// <summary>The schema that a reference leads to, or null when it leads nowhere.</summary>
    /// <param name="reference">What it says.</param>
    /// <param name="from">The schema that says it.</param>
    /// <param name="at">The keyword's place.</param>
    public Schema? Resolve(string reference, Schema from, string at)
    {
        if (_resources.Find(reference, from.Pointer) is var (element, pointer))
            return Read(element, pointer, from);
        if (_resources.FindInDocument(reference) is var (meant, place))
        {
            _hints.Add(new SchemaHint(
                at,
                $"'{reference}' is nothing in the schema around it that has an id of its own, and is taken from the whole document; leave "
                    + "that id out."));
            return Read(meant, place, from);
        }

        Refuse(at, _resources.IsWithin(reference, from.Pointer)
            ? $"'{reference}' points to nothing in this schema{_resources.Missing(reference, from.Pointer)}."
            : $"'{reference}' is not in the same document: put the schema into $defs and refer to it by #/$defs/name.");
        return null;
    }

    /// <summary>
    /// The schema of a dynamic reference: where it leads to a dynamic anchor, that of the outermost resource on the way here which has
    /// the same.
    /// </summary>
    /// <param name="reference">What it says.</param>
    /// <param name="from">The schema that says it.</param>
    /// <param name="at">The keyword's place.</param>
    public Schema? ResolveDynamic(string reference, Schema from, string at) =>
        _resources.DynamicAnchor(reference, from.Pointer) is { } anchor
        && _scopes.TryGetValue(from, out var scope)
        && scope.Meant(anchor) is var (element, pointer)
            ? Read(element, pointer, from)
            : Resolve(reference, from, at);

    public string? Text(JsonElement value, string at)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Refuse(at, "a text is expected here.");
            return null;
        }
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            Refuse(at, "the text has half of a surrogate pair.");
            return null;
        }
    }

    public string? Name(JsonProperty property, string at)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            Refuse(at, "a name has half of a surrogate pair.");
            return null;
        }
    }

    /// <returns>The steps that lead on from the schema.</returns>
    private int Follow(Schema schema, HashSet<Schema> path, Dictionary<Schema, int> steps)
    {
        if (steps.TryGetValue(schema, out var known))
            return known;
        path.Add(schema);
        var most = 0;
        foreach (var (part, keyword) in InPlace(schema))
        {
            if (path.Contains(part))
                Refuse($"{schema.Pointer}/{keyword}", "the reference leads back to itself without an object or an array between.");
            else if (path.Count > MaxSteps || Follow(part, path, steps) is var more && (most = Math.Max(most, more + 1)) == MaxSteps + 1)
                Refuse($"{schema.Pointer}/{keyword}", $"it leads through more than {MaxSteps} schemas of one value; refer to the last.");
        }

        path.Remove(schema);
        return steps[schema] = most;
    }

    /// <summary>The schemas that the same value is held to, and the keywords that say so.</summary>
    private static IEnumerable<(Schema Schema, string Keyword)> InPlace(Schema schema) =>
        One(schema.Reference, "$ref")
            .Concat(schema.AllOf.Select(part => (part, "allOf")))
            .Concat(schema.AnyOf.Select(part => (part, "anyOf")))
            .Concat(schema.OneOf.Select(part => (part, "oneOf")))
            .Concat(schema.Dependents.Select(dependent => (dependent.Schema, "dependentSchemas")))
            .Concat(One(schema.Not, "not"))
            .Concat(One(schema.If, "if"))
            .Concat(One(schema.Then, "then"))
            .Concat(One(schema.Else, "else"));

    private static IEnumerable<(Schema Schema, string Keyword)> One(Schema? schema, string keyword) =>
        schema is null ? [] : [(schema, keyword)];

    private void ReadKeywords(Schema schema, JsonElement element)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (Name(property, schema.Pointer) is not { } keyword)
                continue;
            if (Keywords.All.TryGetValue(keyword, out var read))
                read(new KeywordValue(this, schema, element, keyword, property.Value));
            else if (Keywords.Undecided.TryGetValue(keyword, out var reason))
                Refuse(JsonPointer.Append(schema.Pointer, keyword), $"'{keyword}' is not supported: {reason}");
        }
    }
}
