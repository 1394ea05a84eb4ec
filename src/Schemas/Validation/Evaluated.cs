using System.Text.Json;

namespace Qwen35Batch.Schemas.Validation;

/// <summary>
/// Which properties of an object, or items of an array, some schema has looked at. One that names properties and leaves others unsaid
/// closes the object.
/// </summary>
internal sealed class Evaluated
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _required = new(StringComparer.Ordinal);

    /// <summary>Whether a schema named properties.</summary>
    public bool AreNamed { get; set; }

    /// <summary>How many items have been looked at, from the first on.</summary>
    public int Items { get; set; }

    public void Add(string name) => _names.Add(name);

    /// <summary>A property that has to be there is said, but not looked at.</summary>
    public void AddRequired(string name) => _required.Add(name);

    /// <summary>Of an object that a schema writes out whole, every property is said.</summary>
    public void AddAll(JsonElement value) => _names.UnionWith(value.EnumerateObject().Select(member => member.Name));

    public void Add(Evaluated other)
    {
        AreNamed |= other.AreNamed;
        Items = Math.Max(Items, other.Items);
        _names.UnionWith(other._names);
        _required.UnionWith(other._required);
    }

    public bool Has(string name) => _names.Contains(name);

    public bool HasOrRequires(string name) => Has(name) || _required.Contains(name);
}
