using System.Text.Json;

namespace Qwen35Batch.Schemas.Validation;

/// <summary>
/// Which properties of an object some schema has looked at. One that names properties and leaves others unsaid closes the object.
/// </summary>
internal sealed class EvaluatedProperties
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Whether a schema named properties.</summary>
    public bool AreNamed { get; set; }

    public void Add(string name) => _names.Add(name);

    /// <summary>Of an object that a schema writes out whole, every property is said.</summary>
    public void AddAll(JsonElement value) => _names.UnionWith(value.EnumerateObject().Select(member => member.Name));

    public void Add(EvaluatedProperties other)
    {
        AreNamed |= other.AreNamed;
        _names.UnionWith(other._names);
    }

    public bool Has(string name) => _names.Contains(name);
}
