using System.Text.Json;

namespace Qwen35Batch.Schemas.Tests.Reading;

/// <summary>A dynamic reference means the anchor of the outermost resource that led to it.</summary>
public sealed class DynamicReferenceTests
{
    // A list of anything, which other resources make one of something.
    private const string List = """
        "list": { "$id": "list", "type": "array", "items": { "$dynamicRef": "#item" },
                  "$defs": { "any": { "$dynamicAnchor": "item" } } }
        """;

    [Theory]

    // The resource that refers to the list says what its items are.
    [InlineData(
        $$"""
        { "$id": "https://a.example/texts", "$ref": "list",
          "$defs": { "item": { "$dynamicAnchor": "item", "type": "string" }, {{List}} } }
        """,
        """["a"]""", """[1]""")]

    // By itself, the list is one of anything.
    [InlineData($$"""{ "$id": "https://a.example/texts", "$ref": "list", "$defs": { {{List}} } }""", """["a", 1]""", "1")]

    // Two resources make different lists of it.
    [InlineData(
        $$"""
        { "$id": "https://a.example/both",
          "type": "object", "properties": { "texts": { "$ref": "texts" }, "numbers": { "$ref": "numbers" } },
          "$defs": { {{List}},
            "texts": { "$id": "texts", "$ref": "list", "$defs": { "item": { "$dynamicAnchor": "item", "type": "string" } } },
            "numbers": { "$id": "numbers", "$ref": "list", "$defs": { "item": { "$dynamicAnchor": "item", "type": "number" } } } } }
        """,
        """{ "texts": ["a"], "numbers": [1] }""",
        """{ "texts": [1], "numbers": [1] } { "texts": ["a"], "numbers": ["a"] }""")]

    // The outermost one counts, and not the nearest.
    [InlineData(
        $$"""
        { "$id": "https://a.example/outer", "$ref": "texts",
          "$defs": { {{List}}, "item": { "$dynamicAnchor": "item", "type": "boolean" },
            "texts": { "$id": "texts", "$ref": "list", "$defs": { "item": { "$dynamicAnchor": "item", "type": "string" } } } } }
        """,
        """[true]""", """["a"]""")]

    // A resource that was left says nothing any more.
    [InlineData(
        $$"""
        { "$id": "https://a.example/left", "type": "object",
          "properties": { "texts": { "$ref": "texts" }, "any": { "$ref": "list" } },
          "$defs": { {{List}},
            "texts": { "$id": "texts", "$ref": "list", "$defs": { "item": { "$dynamicAnchor": "item", "type": "string" } } } } }
        """,
        """{ "texts": ["a"], "any": [1, "a"] }""", """{ "texts": [1] }""")]

    // An anchor that is not dynamic is one of its own resource.
    [InlineData(
        """
        { "$id": "https://a.example/plain", "$ref": "list",
          "$defs": { "item": { "$dynamicAnchor": "item", "type": "string" },
            "list": { "$id": "list", "type": "array", "items": { "$dynamicRef": "#item" },
                      "$defs": { "any": { "$anchor": "item" } } } } }
        """,
        """["a", 1]""", "1")]

    // A tree that is closed by whoever extends it, in the words of 2020-12 and of 2019-09.
    [InlineData(
        """
        { "$id": "https://a.example/strict", "$dynamicAnchor": "node", "$ref": "tree", "unevaluatedProperties": false,
          "$defs": { "tree": { "$id": "tree", "$dynamicAnchor": "node", "type": "object",
            "properties": { "data": { "type": "integer" },
              "children": { "type": "array", "items": { "$dynamicRef": "#node" } } }, "required": ["data"] } } }
        """,
        """{ "data": 1, "children": [{ "data": 2 }] }""", """{ "children": [] } { "data": 1, "children": [{ "daat": 2 }] }""")]
    [InlineData(
        """
        { "$id": "https://a.example/strict", "$recursiveAnchor": true, "$ref": "tree", "required": ["data"],
          "$defs": { "tree": { "$id": "tree", "$recursiveAnchor": true, "type": "object",
            "properties": { "data": { "type": "integer" },
              "children": { "type": "array", "items": { "$recursiveRef": "#" } } } } } }
        """,
        """{ "data": 1, "children": [{ "data": 2 }] }""", """{ "data": 1, "children": [{}] }""")]
    [InlineData(
        """
        { "$id": "https://a.example/strict", "$ref": "tree", "required": ["data"],
          "$defs": { "tree": { "$id": "tree", "$recursiveAnchor": true, "type": "object",
            "properties": { "data": { "type": "integer" },
              "children": { "type": "array", "items": { "$recursiveRef": "#" } } } } } }
        """,
        """{ "data": 1, "children": [{}] }""", """{ "children": [{}] }""")]
    public void The_outermost_resource_says_what_is_meant(string schema, string fitting, string others)
    {
        var read = JsonSchema.Read(JsonDocument.Parse(schema).RootElement);

        Assert.Empty(read.Faults);
        Assert.Empty(read.Validate(JsonDocument.Parse(fitting).RootElement));
        Assert.All(Values(others), other => Assert.NotEmpty(read.Validate(other)));
    }

    [Fact]
    public void One_that_leads_to_nothing_is_named()
    {
        var read = JsonSchema.Read(JsonDocument.Parse("""{ "items": { "$dynamicRef": "#none" } }""").RootElement);

        Assert.Equal(["#/items/$dynamicRef"], read.Faults.Select(fault => fault.JsonPointer));
    }

    [Fact]
    public void One_that_leads_back_to_itself_is_refused()
    {
        const string Schema = """
            { "$id": "https://a.example/a", "$dynamicAnchor": "a", "$ref": "b",
              "$defs": { "b": { "$id": "b", "$dynamicAnchor": "a", "anyOf": [{ "type": "null" }, { "$dynamicRef": "#a" }] } } }
            """;

        var read = JsonSchema.Read(JsonDocument.Parse(Schema).RootElement);

        Assert.Contains("leads back to itself", Assert.Single(read.Faults).Reason, StringComparison.Ordinal);
    }

    private static List<JsonElement> Values(string texts)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(texts), new JsonReaderOptions { AllowMultipleValues = true });
        var values = new List<JsonElement>();
        while (reader.Read())
            values.Add(JsonElement.ParseValue(ref reader));
        return values;
    }
}
