using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>Schemas that one value is held to, all of them; none is any value. Equal when they are the same schemas.</summary>
internal sealed class Conjunction : IEquatable<Conjunction>
{
    private readonly int _hash;

    public Conjunction(IEnumerable<Schema> schemas)
    {
        Schemas = [.. schemas.DistinctBy(schema => schema.Id).OrderBy(schema => schema.Id)];
        foreach (var schema in Schemas)
            _hash = HashCode.Combine(_hash, schema.Id);
    }

    /// <summary>Any value.</summary>
    public static Conjunction Anything { get; } = new([]);

    public IReadOnlyList<Schema> Schemas { get; }

    /// <summary>Whether one of them says that there is no value.</summary>
    public bool IsFalse => Schemas.Any(schema => schema.IsFalse);

    public string Pointer => Schemas.Count == 0 ? "#" : Schemas[0].Pointer;

    public bool Equals(Conjunction? other) =>
        other is not null
            && _hash == other._hash
            && Schemas.Count == other.Schemas.Count
            && Schemas.Zip(other.Schemas).All(pair => pair.First.Id == pair.Second.Id);

    public override bool Equals(object? obj) => Equals(obj as Conjunction);

    public override int GetHashCode() => _hash;
}
