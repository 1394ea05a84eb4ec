namespace Qwen35Batch.Schemas.Validation;

/// <summary>Which properties of an object some schema has looked at: what <c>unevaluatedProperties</c> asks.</summary>
internal sealed class EvaluatedProperties
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public void Add(string name) => _names.Add(name);

    /// <summary>How many items of an array have been looked at, from the first on: what <c>unevaluatedItems</c> asks.</summary>
    public int Items { get; set; }

    public void Add(EvaluatedProperties other)
    {
        _names.UnionWith(other._names);
        Items = Math.Max(Items, other.Items);
    }

    public bool Has(string name) => _names.Contains(name);
}
