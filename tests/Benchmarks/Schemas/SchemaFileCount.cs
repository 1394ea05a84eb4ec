namespace Qwen35Batch.Benchmarks.Schemas;

/// <summary>What came of the schemas of one file.</summary>
internal sealed class SchemaFileCount
{
    public int Passing { get; set; }

    /// <summary>Those that differ only in what is documented.</summary>
    public int Documented { get; set; }

    /// <summary>Those that are refused with a pointer.</summary>
    public int Refused { get; set; }

    public int Failing { get; set; }

    public SchemaFileCount And(SchemaFileCount? other) => new()
    {
        Passing = Passing + (other?.Passing ?? 0),
        Documented = Documented + (other?.Documented ?? 0),
        Refused = Refused + (other?.Refused ?? 0),
        Failing = Failing + (other?.Failing ?? 0),
    };
}
