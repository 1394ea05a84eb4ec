using System.Runtime.InteropServices;
using System.Text.Json;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Hints;
using Qwen35Batch.Schemas.Merging;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Validation;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Schemas;

/// <summary>
/// A JSON Schema (2020-12, and what differs in older drafts), read once: what an answer's grammar is compiled from and what an answer is
/// checked against. One difference is deliberate: an object that names properties is closed unless <c>additionalProperties</c>
/// says otherwise, so that nothing is invented. Immutable once it is read.
/// </summary>
public sealed class JsonSchema
{
    // Deeper documents could end the process: what goes through them calls itself.
    private const int MaxDepth = 250;

    private readonly Lazy<IReadOnlyList<SchemaHint>> _hints;

    private JsonSchema(
        Schema root, int count, IReadOnlyList<SchemaFault> faults, IReadOnlyList<VocabularyRule> vocabularies,
        Func<IEnumerable<SchemaHint>> hints)
    {
        (Root, Count, Faults, Vocabularies) = (root, count, faults, vocabularies);
        _hints = new(() => [.. hints()]);
    }

    /// <summary>All that is wrong with the schema, or that is not supported; empty when it can be used.</summary>
    public IReadOnlyList<SchemaFault> Faults { get; }

    /// <summary>
    /// What the schema says in vain, such as keywords of other dialects and misspelt ones: JSON Schema has them ignored, and so they are.
    /// </summary>
    public IReadOnlyList<SchemaHint> Hints => _hints.Value;

    /// <summary>Whether every value that fits is an object.</summary>
    public bool HasOnlyObjects => Faults.Count == 0
        && new SchemaMerger(Root, Count).Alternatives(new Conjunction([Root])).All(value => value.Fixed is { } values
            ? values.All(candidate => candidate.ValueKind == JsonValueKind.Object)
            : value.Types == ValueTypes.Object);

    internal Schema Root { get; }

    /// <summary>The number of schemas in the document; ids from here on are free.</summary>
    internal int Count { get; }

    /// <summary>The lists of names that the schema refers to.</summary>
    internal IReadOnlyList<VocabularyRule> Vocabularies { get; }

    /// <summary>Reads a schema, and finds all of its faults.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="vocabularies">The lists of names that it may refer to; none when it is null.</param>
    public static JsonSchema Read(JsonElement schema, IVocabularies? vocabularies = null)
    {
        if (schema.ValueKind != JsonValueKind.Undefined && IsDeeper(schema, MaxDepth))
        {
            return new JsonSchema(
                new Schema(0, "#") { IsFalse = true },
                1,
                [new SchemaFault("#", $"the schema nests more than {MaxDepth} objects and arrays; put parts into $defs.")],
                [],
                () => []);
        }

        var reader = new SchemaReader(schema, vocabularies ?? NoVocabularies.Instance);
        var root = reader.ReadAll();
        reader.RefuseLoops();
        return new JsonSchema(
            root,
            reader.Count,
            [.. reader.Faults.Distinct()],
            [.. reader.All.SelectMany(part => part.Vocabularies).DistinctBy(rule => rule.Name)],
            () => SchemaHints.Find(reader));
    }

    private static bool IsDeeper(JsonElement schema, int depth)
    {
        var json = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(schema), new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (json.Read())
        {
            if (json.CurrentDepth > depth)
                return true;
        }

        return false;
    }

    /// <summary>What of a value does not fit, in document order; empty when the value is valid.</summary>
    internal IReadOnlyList<SchemaViolation> Validate(JsonElement value) => SchemaValidator.Validate(Root, value);

    /// <summary>The texts of a value that are held to lists of names.</summary>
    internal IEnumerable<(string Pointer, string Text, VocabularyRule Rule)> NamedTexts(JsonElement value) =>
        Vocabularies.Count == 0 ? [] : Validation.NamedTexts.Find(Root, value);

    /// <summary>This schema, if it can be used.</summary>
    /// <exception cref="UnsupportedSchemaException">It cannot.</exception>
    public JsonSchema Checked() => Faults.Count == 0 ? this : throw new UnsupportedSchemaException(Faults);
}
