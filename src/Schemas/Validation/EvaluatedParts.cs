namespace Qwen35Batch.Schemas.Validation;

/// <summary>
/// Which parts of a value some schema has looked at: what <c>unevaluatedProperties</c> and <c>unevaluatedItems</c> ask.
/// </summary>
internal sealed class EvaluatedParts
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public void Add(string name) => _names.Add(name);

    /// <summary>How many items of an array have been looked at, from the first on.</summary>
    public int Items { get; set; }

    public void Add(EvaluatedParts other)
    {
        _names.UnionWith(other._names);
        Items = Math.Max(Items, other.Items);
    }

    public bool Has(string name) => _names.Contains(name);
}
