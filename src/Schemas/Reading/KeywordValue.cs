using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Schemas.Reading;

/// <summary>The value of one keyword of a schema that is being read. What is wrong with it is noted, and the keyword left out.</summary>
/// <param name="reader">Reads the schemas within.</param>
/// <param name="schema">Whose keyword it is.</param>
/// <param name="owner">The schema as it is written.</param>
/// <param name="keyword">The keyword's name.</param>
/// <param name="element">Its value.</param>
internal sealed class KeywordValue(SchemaReader reader, Schema schema, JsonElement owner, string keyword, JsonElement element)
{
    private const int LargestCount = 1_000_000;

    private static readonly Dictionary<string, ValueTypes> TypeNames = new()
    {
        ["object"] = ValueTypes.Object,
        ["array"] = ValueTypes.Array,
        ["string"] = ValueTypes.String,
        ["number"] = ValueTypes.Number,
        ["integer"] = ValueTypes.Integer,
        ["boolean"] = ValueTypes.Boolean,
        ["null"] = ValueTypes.Null,
    };

    // What programming languages call them.
    private static readonly Dictionary<string, string> OtherTypeNames = new()
    {
        ["int"] = "integer",
        ["int32"] = "integer",
        ["int64"] = "integer",
        ["long"] = "integer",
        ["float"] = "number",
        ["double"] = "number",
        ["decimal"] = "number",
        ["str"] = "string",
        ["text"] = "string",
        ["bool"] = "boolean",
        ["list"] = "array",
        ["dict"] = "object",
        ["map"] = "object",
        ["none"] = "null",
    };

    private static readonly string[] InPlace =
        ["$ref", "$dynamicRef", "$recursiveRef", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "dependencies"];

    /// <summary>Whether a word is the name of a type.</summary>
    public static bool IsType(string name) => TypeNames.ContainsKey(name);

    public Schema Schema => schema;

    public JsonElement Element => element;

    public string Pointer { get; } = JsonPointer.Append(schema.Pointer, keyword);

    /// <summary>A number of items, characters or properties that are needed.</summary>
    public int? Least()
    {
        if (IsCount() && (element.GetDecimal() <= LargestCount))
            return (int)element.GetDecimal();
        reader.Refuse(Pointer, $"{keyword} is a whole number from 0 to {LargestCount.ToString(CultureInfo.InvariantCulture)}.");
        return null;
    }

    /// <summary>A number of items, characters or properties that are allowed; further than any answer is as good as the largest.</summary>
    public int? Most()
    {
        if (IsCount())
            return (int)Math.Min(element.GetDecimal(), LargestCount);
        reader.Refuse(Pointer, $"{keyword} is a whole number from 0.");
        return null;
    }

    public ExactDecimal? Number()
    {
        if (element.ValueKind == JsonValueKind.Number)
            return ExactDecimal.Parse(element.GetRawText());
        reader.Refuse(Pointer, $"{keyword} is a number.");
        return null;
    }

    /// <summary>A bound that is not reached: a number, or in old drafts true next to the bound itself.</summary>
    public ExactDecimal? Exclusive(string bound) => element.ValueKind switch
    {
        JsonValueKind.False => null,
        JsonValueKind.True => owner.TryGetProperty(bound, out var limit) && limit.ValueKind == JsonValueKind.Number
            ? ExactDecimal.Parse(limit.GetRawText())
            : null,
        _ => Number(),
    };

    public ExactDecimal? Divisor()
    {
        if (element.ValueKind == JsonValueKind.Number && ExactDecimal.Parse(element.GetRawText()) is { Digits.Sign: > 0 } divisor)
            return divisor;
        reader.Refuse(Pointer, "multipleOf is a number above 0.");
        return null;
    }

    public bool Flag()
    {
        if (element.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            reader.Refuse(Pointer, $"{keyword} is true or false.");
        return element.ValueKind == JsonValueKind.True;
    }

    public string? Text() => reader.Text(element, Pointer);

    public ValueTypes Types()
    {
        var found = ValueTypes.None;
        var isList = element.ValueKind == JsonValueKind.Array;
        foreach (var (i, type) in (isList ? element.EnumerateArray() : Enumerable.Repeat(element, 1)).Index())
        {
            var at = isList ? $"{Pointer}/{i}" : Pointer;
            if (reader.Text(type, at) is not { } name)
                continue;
            if (TypeNames.TryGetValue(name, out var types))
                found |= types;
            else
                reader.Refuse(at, $"'{name}' is no type; {TypeMeant(name)}.");
        }
        if (isList && element.GetArrayLength() == 0)
            reader.Refuse(Pointer, "the list of types is empty, so no value fits.");
        return found;
    }

    private static string TypeMeant(string name)
    {
        var plain = name.ToLowerInvariant();
        return (TypeNames.ContainsKey(plain) ? plain : OtherTypeNames.GetValueOrDefault(plain)) is { } meant
            ? $"write \"{meant}\""
            : plain == "any" ? "leave type out where any value fits"
            : $"types are {string.Join(", ", TypeNames.Keys)}";
    }

    public IReadOnlyList<JsonElement> List()
    {
        if (element.ValueKind == JsonValueKind.Array)
            return [.. element.EnumerateArray().Select((value, i) => Fixed(value, $"{Pointer}/{i}"))];
        reader.Refuse(Pointer, $"{keyword} is an array of values.");
        return [];
    }

    public JsonElement Fixed(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.String)
            reader.Text(value, at);
        return value;
    }

    public IReadOnlyList<string> Names() => Names(element, Pointer);

    public TextRule? Pattern()
    {
        if (Text() is not { } pattern)
            return null;
        try
        {
            return new TextRule(keyword, pattern, PatternCache.Get(pattern, Pointer));
        }
        catch (UnsupportedSchemaException refused)
        {
            reader.Refuse(refused.JsonPointer, refused.Faults[0].Reason);
            return null;
        }
    }

    public TextRule? Format()
    {
        if (Text() is not { } format)
            return null;
        return TextFormats.Find(format) is { } texts ? new TextRule(keyword, format, texts) : null;
    }

    public VocabularyRule? Vocabulary()
    {
        if (Text() is not { } name)
            return null;
        try
        {
            if (reader.Vocabularies.Find(name) is not null)
                return new VocabularyRule(name, reader.Vocabularies);
        }
        catch (VocabularyException problem)
        {
            reader.Refuse(Pointer, problem.Message);
            return null;
        }

        var names = reader.Vocabularies.Names;
        reader.Refuse(
            Pointer,
            $"there is no list of names '{name}'; "
                + (names.Count == 0
                    ? $"give it in the settings: Tasks:Vocabularies:{name}:File."
                    : $"there are {string.Join(", ", names.Order(StringComparer.Ordinal).Select(other => $"'{other}'"))}."));
        return null;
    }

    public Schema Subschema() => reader.Read(element, Pointer, schema);

    public IReadOnlyList<Schema> Schemas(bool mayBeEmpty = false)
    {
        if (element.ValueKind == JsonValueKind.Array && (mayBeEmpty || element.GetArrayLength() > 0))
            return [.. element.EnumerateArray().Select((item, i) => reader.Read(item, $"{Pointer}/{i}", schema))];
        reader.Refuse(Pointer, $"{keyword} is an array of at least one schema.");
        return [];
    }

    public IReadOnlyList<(string Name, Schema Schema)> NamedSchemas()
    {
        var found = new List<(string, Schema)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in Members())
        {
            if (names.Add(name))
                found.Add((name, reader.Read(value, JsonPointer.Append(Pointer, name), schema)));
            else
                reader.Refuse(JsonPointer.Append(Pointer, name), "the property is given twice.");
        }

        return found;
    }

    public IReadOnlyList<(PatternAutomaton Names, Schema Schema)> PatternSchemas()
    {
        var found = new List<(PatternAutomaton, Schema)>();
        foreach (var (pattern, value) in Members())
        {
            var at = JsonPointer.Append(Pointer, pattern);
            if (TextRule.IsDisputed(pattern))
                reader.Refuse(at, @"flags such as (?i) and \b are not supported in patterns of names; write the letters out.");
            try
            {
                found.Add((PatternCache.Get(pattern, at), reader.Read(value, at, schema)));
            }
            catch (UnsupportedSchemaException refused)
            {
                reader.Refuse(refused.JsonPointer, refused.Faults[0].Reason);
            }
        }
        return found;
    }

    /// <summary>Since 2020-12 one schema for the rest of the items; before, a list was what prefixItems is now.</summary>
    public void ReadItems()
    {
        if (element.ValueKind != JsonValueKind.Array)
            schema.Items = Subschema();
        else if (owner.TryGetProperty("prefixItems", out _))
            reader.Refuse(Pointer, "a list of items is what prefixItems is now, and both are given; write one schema for the rest.");
        else
            schema.PrefixItems = Schemas(mayBeEmpty: true);
    }

    public void ReadAdditionalItems()
    {
        if (owner.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array)
            schema.Items = Subschema();
    }

    public void ReadContains()
    {
        var item = Subschema();
        var min = Beside("minContains")?.Least() ?? 1;
        var max = Beside("maxContains")?.Most();
        if (min > 0 || max is not null)
            schema.SomeItems = [new SomeItems(item, 0, min, max)];
    }

    public void ReadUnevaluatedProperties()
    {
        if (owner.TryGetProperty("additionalProperties", out _))
            return;
        if (IsAlone())
        {
            schema.AdditionalProperties = Subschema();
            return;
        }

        schema.IsClosedHere = true;
        schema.Unevaluated = element.ValueKind == JsonValueKind.False ? null : Subschema();
    }

    public void ReadUnevaluatedItems()
    {
        if (owner.TryGetProperty(owner.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array
            ? "additionalItems"
            : "items", out _))
        {
            return;
        }

        if (owner.TryGetProperty("contains", out _) && element.ValueKind != JsonValueKind.True)
            reader.Refuse(Pointer, $"{keyword} is not supported next to contains; write items.");
        else if (IsAlone())
            schema.Items = Subschema();
        else if (element.ValueKind == JsonValueKind.False)
            schema.ClosesItems = true;
        else
            reader.Refuse(Pointer, $"{keyword} is true or false next to {string.Join(", ", InPlace)}; a schema is not supported.");
    }

    /// <summary>
    /// Whether no other schema of the same value changes what is left unevaluated.
    /// </summary>
    private bool IsAlone() => element.ValueKind == JsonValueKind.True || !InPlace.Any(name => owner.TryGetProperty(name, out _));

    public void ReadDependents()
    {
        foreach (var (name, value) in Members())
        {
            var at = JsonPointer.Append(Pointer, name);
            var isSchema = value.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False;
            var isNames = value.ValueKind == JsonValueKind.Array || (keyword == "dependentRequired" && !isSchema);
            schema.Dependents.Add((name, isNames ? reader.Require(at, Names(value, at)) : reader.Read(value, at, schema)));
        }
    }

    /// <summary>A dialect of somebody's own can say that keywords mean nothing, or something else.</summary>
    public void ReadDialect()
    {
        if (Text() is { } dialect
            && Uri.TryCreate(dialect, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https"
            && !address.Host.EndsWith("json-schema.org", StringComparison.OrdinalIgnoreCase))
        {
            reader.Refuse(Pointer, $"'{dialect}' is no dialect that is known; leave $schema out, or name one of json-schema.org.");
        }
    }

    public Schema? Reference() => Text() is { } reference ? reader.Resolve(reference, schema, Pointer) : null;

    public Schema? DynamicReference() => Text() is { } reference ? reader.ResolveDynamic(reference, schema, Pointer) : null;

    /// <summary>Another keyword of the same schema, or null when it is not there.</summary>
    private KeywordValue? Beside(string other) =>
        owner.TryGetProperty(other, out var value) ? new KeywordValue(reader, schema, owner, other, value) : null;

    private bool IsCount() =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDecimal(out var count) && count >= 0 && decimal.IsInteger(count);

    private List<string> Names(JsonElement list, string at)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            reader.Refuse(
                at,
                keyword == "required" && list.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? "required is an array of property names, and stands in the object that has the property: "
                        + "\"required\": [\"name\"]."
                    : $"{(keyword == "required" ? "required is" : "what a property needs is")} an array of property names.");
            return [];
        }

        return [.. list.EnumerateArray().Select((name, i) => reader.Text(name, $"{at}/{i}")).OfType<string>()];
    }

    private IEnumerable<(string Name, JsonElement Value)> Members()
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            reader.Refuse(Pointer, $"{keyword} is an object of schemas.");
            yield break;
        }
        foreach (var member in element.EnumerateObject())
        {
            if (reader.Name(member, Pointer) is { } name)
                yield return (name, member.Value);
        }
    }
}
