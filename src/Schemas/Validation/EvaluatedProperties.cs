namespace Qwen35Batch.Schemas.Validation;

/// <summary>Which properties of an object some schema has looked at: what <c>unevaluatedProperties</c> asks.</summary>
internal sealed class EvaluatedProperties
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public void Add(string name) => _names.Add(name);

    public void Add(EvaluatedProperties other) => _names.UnionWith(other._names);

    public bool Has(string name) => _names.Contains(name);
}
