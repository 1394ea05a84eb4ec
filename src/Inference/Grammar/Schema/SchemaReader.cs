using System.Text.Json;
using Qwen35Batch.Schemas;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>Reads a JSON Schema into nodes. What it does not know it refuses, and says where.</summary>
internal sealed class SchemaReader(JsonElement root)
{
    private const string Supported =
        "Supported are type, properties, required, additionalProperties (false), items, minItems, maxItems, minLength, maxLength, pattern, format, " +
        "minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, enum, const, anyOf, oneOf, $ref and $defs.";

    private static readonly HashSet<string> Annotations =
        ["$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"];

    private static readonly Dictionary<string, string[]> KeywordsOfTypes = new()
    {
        ["object"] = ["properties", "required", "additionalProperties"],
        ["array"] = ["items", "minItems", "maxItems"],
        ["string"] = ["minLength", "maxLength", "pattern", "format"],
        ["number"] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
        ["integer"] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
        ["boolean"] = [],
        ["null"] = [],
    };

    private readonly Dictionary<string, ReferenceNode> _references = [];
    private readonly List<SchemaNode> _nodes = [];

    /// <summary>Every node that has been read, the references last.</summary>
    public IReadOnlyList<SchemaNode> Nodes => _nodes;

    public SchemaNode Read() => Read(root, "#");

    private SchemaNode Read(JsonElement schema, string at)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            throw new UnsupportedSchemaException(at, "a schema is a JSON object here; true and false are not supported.");
        if (schema.TryGetProperty("$ref", out var reference))
            return ReadReference(schema, reference, at);
        if (schema.TryGetProperty("anyOf", out var alternatives))
            return ReadChoice(schema, "anyOf", alternatives, at);
        if (schema.TryGetProperty("oneOf", out alternatives))
            return ReadOneOf(schema, alternatives, at);
        if (schema.TryGetProperty("enum", out _) || schema.TryGetProperty("const", out _))
            return ReadFixed(schema, at);
        return ReadTyped(schema, at);
    }

    private SchemaNode ReadTyped(JsonElement schema, string at)
    {
        var types = SchemaKeywords.ReadTypes(schema, at);
        CheckKeywords(schema, at, [.. types.SelectMany(type => KeywordsOfTypes[type]), "type"], types.Count == 0 ? "without a type" : $"with the type {string.Join(" or ", types)}");
        if (types.Count == 0)
            throw new UnsupportedSchemaException(at, $"a schema needs a type, an enum, a const, an anyOf, a oneOf or a $ref. {Supported}");
        var nodes = types.Select(type => ReadType(type, schema, at)).ToArray();
        return nodes.Length == 1 ? nodes[0] : Keep(new AnyOfNode(nodes));
    }

    private SchemaNode ReadType(string type, JsonElement schema, string at) => type switch
    {
        "object" => ReadObject(schema, at),
        "array" => ReadArray(schema, at),
        "string" => Keep(SchemaScalars.ReadString(schema, at)),
        "number" or "integer" => Keep(SchemaScalars.ReadNumber(schema, at, type == "integer")),
        "boolean" => Keep(SchemaScalars.Words(["true", "false"])),
        _ => Keep(SchemaScalars.Words(["null"])),
    };

    private ObjectNode ReadObject(JsonElement schema, string at)
    {
        if (schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind != JsonValueKind.False)
            throw new UnsupportedSchemaException($"{at}/additionalProperties", "only false is supported: name every property in properties.");
        if (!schema.TryGetProperty("properties", out var properties))
        {
            if (additional.ValueKind == JsonValueKind.Undefined || schema.TryGetProperty("required", out _))
                throw new UnsupportedSchemaException(at, "an object needs properties: objects with names that the schema does not give are not supported.");
            return Keep(new ObjectNode([]));
        }
        if (properties.ValueKind != JsonValueKind.Object)
            throw new UnsupportedSchemaException($"{at}/properties", "properties is an object of schemas.");

        var names = properties.EnumerateObject().Select(property => SchemaKeywords.ReadName(property, $"{at}/properties")).ToArray();
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new UnsupportedSchemaException($"{at}/properties/{SchemaKeywords.Escape(twice.Key)}", "the property is given twice.");
        var required = SchemaKeywords.ReadRequired(schema, names, at);
        return Keep(new ObjectNode([.. properties.EnumerateObject().Zip(names, (property, name) =>
            new ObjectProperty(name, required.Contains(name), Read(property.Value, $"{at}/properties/{SchemaKeywords.Escape(name)}")))]));
    }

    private ArrayNode ReadArray(JsonElement schema, string at)
    {
        if (!schema.TryGetProperty("items", out var items))
            throw new UnsupportedSchemaException(at, "an array needs items: the schema of each of its elements.");
        var min = SchemaKeywords.ReadCount(schema, "minItems", at) ?? 0;
        var max = SchemaKeywords.ReadCount(schema, "maxItems", at);
        if (min > max)
            throw new UnsupportedSchemaException($"{at}/minItems", $"minItems ({min}) is above maxItems ({max}), so no array fits.");
        return Keep(new ArrayNode(Read(items, $"{at}/items"), min, max));
    }

    // Where no value fits two alternatives, one that fits any of them fits exactly one.
    private AnyOfNode ReadOneOf(JsonElement schema, JsonElement alternatives, string at)
    {
        var node = ReadChoice(schema, "oneOf", alternatives, at);
        var disjoint = new DisjointSchemas(root);
        var all = alternatives.EnumerateArray().ToArray();
        for (var second = 1; second < all.Length; second++)
            for (var first = 0; first < second; first++)
                if (!disjoint.AreDisjoint(all[first], all[second], $"{at}/oneOf/{second}"))
                    throw new UnsupportedSchemaException(
                        $"{at}/oneOf/{second}",
                        $"a value may fit this alternative and alternative {first} as well; give them different types, or a required property with another const in each, or use anyOf.");
        return node;
    }

    private AnyOfNode ReadChoice(JsonElement schema, string keyword, JsonElement alternatives, string at)
    {
        CheckKeywords(schema, at, [keyword], $"next to {keyword}");
        if (alternatives.ValueKind != JsonValueKind.Array || alternatives.GetArrayLength() == 0)
            throw new UnsupportedSchemaException($"{at}/{keyword}", $"{keyword} is an array of at least one schema.");
        return Keep(new AnyOfNode([.. alternatives.EnumerateArray().Select((alternative, i) => Read(alternative, $"{at}/{keyword}/{i}"))]));
    }

    private ScalarNode ReadFixed(JsonElement schema, string at)
    {
        var keyword = schema.TryGetProperty("const", out _) ? "const" : "enum";
        CheckKeywords(schema, at, [keyword, "type"], $"next to {keyword}");
        return Keep(SchemaScalars.ReadFixed(schema, keyword, at));
    }

    private ReferenceNode ReadReference(JsonElement schema, JsonElement reference, string at)
    {
        CheckKeywords(schema, at, ["$ref"], "next to $ref");
        var text = SchemaKeywords.ReadText(reference, $"{at}/$ref");
        if (_references.TryGetValue(text, out var known))
            return known;
        var node = new ReferenceNode($"{at}/$ref");
        _references.Add(text, node);
        node.Target = Read(SchemaKeywords.Resolve(root, text, node.JsonPointer), text);
        return Keep(node);
    }

    private static void CheckKeywords(JsonElement schema, string at, ReadOnlySpan<string> allowed, string place)
    {
        foreach (var property in schema.EnumerateObject())
        {
            var keyword = SchemaKeywords.ReadName(property, at);
            if (Annotations.Contains(keyword) || allowed.Contains(keyword))
                continue;
            var isKnown = keyword is "enum" or "const" or "anyOf" or "oneOf" or "$ref" or "type" || KeywordsOfTypes.Values.Any(keywords => keywords.Contains(keyword));
            throw new UnsupportedSchemaException(
                $"{at}/{SchemaKeywords.Escape(keyword)}",
                isKnown ? $"'{keyword}' is not supported {place}." : $"'{keyword}' is not supported. {Supported}");
        }
    }

    private T Keep<T>(T node)
        where T : SchemaNode
    {
        node.Id = _nodes.Count;
        _nodes.Add(node);
        return node;
    }
}
