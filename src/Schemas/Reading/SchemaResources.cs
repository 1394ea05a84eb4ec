using System.Globalization;
using System.Text.Json;

namespace Qwen35Batch.Schemas.Reading;

/// <summary>Where the references of a document lead: JSON pointers, <c>$anchor</c> and <c>$id</c>, also those of old drafts.</summary>
internal sealed class SchemaResources
{
    private static readonly Uri Nowhere = new("https://schema.invalid/");

    private static readonly HashSet<string> Maps =
        ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"];

    // What looks like a name below any other keyword is none.
    private static readonly HashSet<string> Parts =
        [
            .. Maps, "items", "prefixItems", "additionalItems", "unevaluatedItems", "contains", "additionalProperties",
            "unevaluatedProperties", "propertyNames", "allOf", "anyOf", "oneOf", "not", "if", "then", "else",
        ];

    // More names are not said where a reference leads to none of them.
    private const int MostNamed = 8;

    private readonly Dictionary<string, (JsonElement Element, string Pointer)> _named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Uri> _bases = new(StringComparer.Ordinal);

    // By the address of their resource; a recursive anchor is one without a name, at the resource's root.
    private readonly Dictionary<string, Dictionary<string, (JsonElement Element, string Pointer)>> _dynamic = new(StringComparer.Ordinal);

    private readonly JsonElement _root;

    public SchemaResources(JsonElement root)
    {
        _root = root;
        _named[Nowhere.AbsoluteUri] = (root, "#");
        _bases["#"] = Nowhere;
        Collect(root, "#", Nowhere, isSchema: true);
        HasSeveral = _dynamic.Values.SelectMany(anchors => anchors.Keys).GroupBy(name => name).Any(anchor => anchor.Skip(1).Any());
    }

    /// <summary>Whether several resources have the same dynamic anchor, so that it may mean several schemas.</summary>
    public bool HasSeveral { get; }

    /// <summary>The scope of a place that is reached from another one.</summary>
    public DynamicScope Enter(DynamicScope scope, string pointer) =>
        HasSeveral && _dynamic.TryGetValue(BaseOf(pointer).AbsoluteUri, out var anchors) ? scope.Enter(anchors) : scope;

    /// <summary>The name of the dynamic anchor that a reference leads to; null where it leads to anything else.</summary>
    public string? DynamicAnchor(string reference, string from) =>
        Split(reference, from) is var (address, fragment)
        && _dynamic.TryGetValue(address, out var anchors)
        && anchors.ContainsKey(fragment)
            ? fragment
            : null;

    /// <summary>Whether a reference is to this document.</summary>
    public bool IsWithin(string reference, string from) =>
        Split(reference, from) is var (address, _) && _named.ContainsKey(address);

    /// <param name="reference">What <c>$ref</c> says.</param>
    /// <param name="from">The pointer of the schema that says it.</param>
    public (JsonElement Element, string Pointer)? Find(string reference, string from)
    {
        if (Split(reference, from) is not var (address, fragment) || !_named.TryGetValue(address, out var found))
            return null;
        if (fragment.Length == 0)
            return found;
        return fragment[0] == '/' ? Follow(found, fragment)
            : _named.TryGetValue($"{address}#{fragment}", out var anchored) ? anchored
            : null;
    }

    /// <summary>
    /// Where a pointer leads from the document's root, whichever resource it stands in: an <c>id</c> is often meant as a name only.
    /// </summary>
    public (JsonElement Element, string Pointer)? FindInDocument(string reference) =>
        reference.StartsWith("#/", StringComparison.Ordinal) ? Follow((_root, "#"), Uri.UnescapeDataString(reference[1..])) : null;

    private static (JsonElement Element, string Pointer)? Follow((JsonElement Element, string Pointer) found, string pointer)
    {
        foreach (var name in JsonPointer.Names(pointer))
        {
            if (Child(found, name) is not { } child)
                return null;
            found = child;
        }

        return found;
    }

    /// <summary>How far a reference leads that points to nothing, and what is there.</summary>
    public string Missing(string reference, string from)
    {
        if (Split(reference, from) is not var (address, fragment)
            || !_named.TryGetValue(address, out var found)
            || fragment is not ['/', ..])
        {
            return "";
        }

        foreach (var name in JsonPointer.Names(fragment))
        {
            if (Child(found, name) is not { } child)
                return $": {found.Pointer} has no '{name}', but {NamesIn(found.Element)}";
            found = child;
        }

        return "";
    }

    private static string NamesIn(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return "is no object";
        var names = element.EnumerateObject().Select(TryName).OfType<string>().Select(name => $"'{name}'").ToArray();
        return names.Length == 0 ? "nothing"
            : $"{string.Join(", ", names.Take(MostNamed))}{(names.Length > MostNamed ? $" and {names.Length - MostNamed} more" : "")}";
    }

    private static (JsonElement Element, string Pointer)? Child((JsonElement Element, string Pointer) parent, string name)
    {
        var (element, pointer) = parent;
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var child))
            return (child, JsonPointer.Append(pointer, name));
        return element.ValueKind == JsonValueKind.Array
            && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var i)
            && i < element.GetArrayLength()
            ? (element[i], $"{pointer}/{i}")
            : null;
    }

    private (string Address, string Fragment)? Split(string reference, string from)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var (address, fragment) = hash < 0 ? (reference, "") : (reference[..hash], Uri.UnescapeDataString(reference[(hash + 1)..]));
        var current = BaseOf(from);
        if (address.Length == 0)
            return (current.AbsoluteUri, fragment);
        return Uri.TryCreate(current, address, out var full) ? (full.AbsoluteUri, fragment) : null;
    }

    private Uri BaseOf(string pointer)
    {
        for (var at = pointer; ; at = at[..at.LastIndexOf('/')])
        {
            if (_bases.TryGetValue(at, out var known))
                return known;
        }
    }

    private void Collect(JsonElement element, string pointer, Uri at, bool isSchema)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var (i, item) in element.EnumerateArray().Index())
                Collect(item, $"{pointer}/{i}", at, isSchema);
            return;
        }
        if (element.ValueKind != JsonValueKind.Object)
            return;
        if (isSchema)
            at = Name(element, pointer, at);
        foreach (var member in element.EnumerateObject())
        {
            if (TryName(member) is { } name && (!isSchema || Parts.Contains(name)))
                Collect(member.Value, JsonPointer.Append(pointer, name), at, !isSchema || !Maps.Contains(name));
        }
    }

    private Uri Name(JsonElement schema, string pointer, Uri at)
    {
        var id = Text(schema, "$id") ?? Text(schema, "id");
        if (id is not null && id.StartsWith('#'))
        {
            _named.TryAdd(at.AbsoluteUri + id, (schema, pointer));
        }
        else if (id is not null && Uri.TryCreate(at, id.TrimEnd('#'), out var full))
        {
            at = full;
            _named.TryAdd(at.AbsoluteUri, (schema, pointer));
            _bases[pointer] = at;
        }
        foreach (var keyword in (string[])["$anchor", "$dynamicAnchor"])
        {
            if (Text(schema, keyword) is { } anchor)
                _named.TryAdd($"{at.AbsoluteUri}#{anchor}", (schema, pointer));
        }

        if (Text(schema, "$dynamicAnchor") is { } dynamic)
            AddDynamic(at, dynamic, schema, pointer);
        if (_bases.ContainsKey(pointer)
            && schema.TryGetProperty("$recursiveAnchor", out var recursive)
            && recursive.ValueKind == JsonValueKind.True)
        {
            AddDynamic(at, "", schema, pointer);
        }

        return at;
    }

    private void AddDynamic(Uri at, string name, JsonElement schema, string pointer)
    {
        if (!_dynamic.TryGetValue(at.AbsoluteUri, out var anchors))
            _dynamic[at.AbsoluteUri] = anchors = new(StringComparer.Ordinal);
        anchors.TryAdd(name, (schema, pointer));
    }

    private static string? Text(JsonElement schema, string keyword)
    {
        try
        {
            return schema.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A member's name; null when it has half of a surrogate pair.</summary>
    public static string? TryName(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
