using System.Text.Json.Nodes;

namespace Qwen35Batch.Inference.Tests.Grammar.Fuzz;

/// <summary>
/// Random schemas of every keyword, wide and small: the names, words and numbers are so few that parts often have a say in one another.
/// </summary>
internal sealed class WideSchema(Random random)
{
    private const int Definitions = 3;

    private static readonly string[] Names = ["a", "b", "ab", "k", "x-1", "名"];
    private static readonly string[] Words = ["a", "b", "ab", "k", "bb", "aab", "名", ""];
    private static readonly string[] Patterns =
        ["^[a-c]+$", "b", "^a?b*$", "^(?!ab)[ab]{1,3}$", "^[^a]*$", "^[a-z]{1,20}$", "^x-", "k$", "^(a|bb)*$", "^[ab][a-c]{2,18}$"];

    private static readonly string[] Formats = ["date", "ipv4", "uuid", "date-time"];
    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    /// <summary>A document: a schema, and definitions that it and they refer to.</summary>
    public JsonObject Create()
    {
        var root = Schema(4);
        if (random.Next(2) == 0)
        {
            root["$defs"] = new JsonObject(
                Enumerable.Range(0, Definitions).Select(i => KeyValuePair.Create<string, JsonNode?>($"d{i}", Schema(3))));
        }
        else
        {
            Resolve(root);
        }

        return root;
    }

    /// <summary>A value of few kinds, near to what the schemas ask.</summary>
    public JsonNode? Value(int depth) => random.Next(depth <= 0 ? 5 : 8) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => Words[random.Next(Words.Length)],
        3 => Number(),
        4 => random.Next(4) switch { 0 => "2024-02-29", 1 => "10.0.0.1", _ => Words[random.Next(Words.Length)] },
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth - 1))]),
        _ => new JsonObject(
            Names.Where(_ => random.Next(5) < 2).Select(name => KeyValuePair.Create(name, Value(depth - 1)))),
    };

    private JsonNode Number() => random.Next(4) switch
    {
        0 => random.Next(-3, 12),
        1 => random.Next(-9, 40) / 4.0,
        2 => random.Next(30) / 100.0,
        _ => random.Next(4),
    };

    private JsonObject Schema(int depth)
    {
        var schema = Plain(depth);

        // Siblings: what applies to the same value.
        while (depth > 0 && random.Next(3) == 0)
            Combine(schema, depth);
        return schema;
    }

    private JsonObject Plain(int depth) => random.Next(depth <= 0 ? 8 : 14) switch
    {
        0 => new JsonObject { ["enum"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => Value(1))]) },
        1 => new JsonObject { ["const"] = Value(random.Next(2)) },
        2 => [],
        3 => TypeList(),
        4 or 5 => Text(),
        6 or 7 => Numeric(),
        8 or 9 or 10 or 11 => Object(depth),
        12 => Array(depth),
        _ => new JsonObject { ["$ref"] = $"#/$defs/d{random.Next(Definitions)}" },
    };

    private JsonObject TypeList()
    {
        var types = Types.Where(_ => random.Next(2) == 0).Append("null").Distinct();
        return new JsonObject { ["type"] = new JsonArray([.. types.Select(type => (JsonNode)type)]) };
    }

    private JsonObject Text()
    {
        var schema = Typed("string");
        Maybe(schema, 2, "pattern", () => Patterns[random.Next(Patterns.Length)]);
        Maybe(schema, 3, "minLength", () => random.Next(4));
        Maybe(schema, 3, "maxLength", () => random.Next(1, 22));
        if (random.Next(6) == 0)
            schema["format"] = Formats[random.Next(Formats.Length)];
        return schema;
    }

    private JsonObject Numeric()
    {
        var schema = Typed(random.Next(2) == 0 ? "integer" : "number");
        Maybe(schema, 3, "minimum", Number);
        Maybe(schema, 3, "maximum", Number);
        Maybe(schema, 5, "exclusiveMinimum", Number);
        Maybe(schema, 5, "exclusiveMaximum", Number);
        Maybe(schema, 4, "multipleOf", () => random.Next(4) switch { 0 => 0.25, 1 => 3, 2 => 0.01, _ => 2 });
        return schema;
    }

    private JsonObject Object(int depth)
    {
        var schema = Typed("object");
        if (random.Next(5) != 0)
        {
            schema["properties"] = new JsonObject(
                Names.Where(_ => random.Next(2) == 0).Select(name => KeyValuePair.Create<string, JsonNode?>(name, Part(depth - 1))));
        }

        Maybe(schema, 2, "required", () => Some(3));
        Maybe(schema, 3, "additionalProperties", () => Part(depth - 1));
        Maybe(schema, 4, "patternProperties", () => new JsonObject { ["^x-"] = Part(depth - 1), ["b"] = Part(0) });
        Maybe(schema, 6, "propertyNames", () => random.Next(2) == 0
            ? new JsonObject { ["pattern"] = "^[a-kx1-]+$" }
            : new JsonObject { ["enum"] = new JsonArray("a", "k", "zz") });
        Maybe(schema, 6, "minProperties", () => random.Next(4));
        Maybe(schema, 5, "maxProperties", () => random.Next(1, 4));
        Maybe(schema, 6, "dependentRequired", () => new JsonObject { [Names[random.Next(3)]] = Some(4) });
        Maybe(schema, 8, "dependentSchemas", () => new JsonObject { [Names[random.Next(3)]] = Schema(depth - 2) });
        return schema;
    }

    private JsonObject Array(int depth)
    {
        var schema = Typed("array");
        Maybe(schema, 2, "items", () => Part(depth - 1));
        Maybe(schema, 3, "prefixItems", () => new JsonArray(Part(depth - 1), Part(0)));
        Maybe(schema, 3, "minItems", () => random.Next(3));
        Maybe(schema, 2, "maxItems", () => random.Next(4));
        Maybe(schema, 4, "uniqueItems", () => random.Next(4) != 0);
        if (random.Next(3) == 0)
        {
            schema["contains"] = Part(random.Next(2));
            Maybe(schema, 3, "minContains", () => random.Next(3));
            Maybe(schema, 3, "maxContains", () => random.Next(3));
        }

        return schema;
    }

    private void Combine(JsonObject schema, int depth)
    {
        switch (random.Next(9))
        {
            case 0 or 1:
                schema["allOf"] = Several(depth);
                break;
            case 2 or 3:
                schema["anyOf"] = Several(depth);
                break;
            case 4 or 5:
                schema["oneOf"] = Several(depth);
                break;
            case 6:
                schema["not"] = Schema(random.Next(2));
                break;
            case 7:
                schema["if"] = random.Next(2) == 0 ? new JsonObject { ["required"] = Some(4) } : Schema(1);
                Maybe(schema, 1, "then", () => Part(depth - 1));
                Maybe(schema, 2, "else", () => Part(depth - 1));
                break;
            default:
                schema[random.Next(3) == 0 ? "unevaluatedItems" : "unevaluatedProperties"] = random.Next(4) == 0 ? Part(0) : false;
                break;
        }
    }

    private JsonArray Several(int depth) => new([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (JsonNode?)Part(depth - 1))]);

    private JsonNode Part(int depth) => random.Next(12) switch { 0 => true, 1 => random.Next(3) != 0, _ => Schema(depth) };

    private JsonArray Some(int oneOf) => new([.. Names.Where(_ => random.Next(oneOf) == 0).Select(name => (JsonNode)name)]);

    private JsonObject Typed(string type) => random.Next(6) switch
    {
        0 => [],
        1 => new JsonObject { ["type"] = new JsonArray(type, type == "null" ? "string" : "null") },
        _ => new JsonObject { ["type"] = type },
    };

    private void Maybe(JsonObject schema, int oneOf, string keyword, Func<JsonNode> value)
    {
        if (random.Next(oneOf) == 0)
            schema[keyword] = value();
    }

    // Without definitions a reference is to the document, so that values hold themselves.
    private static void Resolve(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                Resolve(item);
        }

        if (node is not JsonObject schema)
            return;
        if (schema.ContainsKey("$ref"))
            schema["$ref"] = "#";
        foreach (var (_, part) in schema.ToList())
            Resolve(part);
    }
}
