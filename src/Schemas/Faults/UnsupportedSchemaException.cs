namespace Qwen35Batch.Schemas.Faults;

/// <summary>A JSON Schema that answers cannot be held to.</summary>
public class UnsupportedSchemaException : Exception
{
    /// <param name="faults">What is wrong; at least one.</param>
    public UnsupportedSchemaException(IReadOnlyList<SchemaFault> faults)
        : base(string.Join(" ", faults ?? throw new ArgumentNullException(nameof(faults)))) => Faults = faults;

    /// <param name="jsonPointer">Where: the JSON pointer of the keyword, as a URI fragment.</param>
    /// <param name="reason">What is wrong and what is supported.</param>
    public UnsupportedSchemaException(string jsonPointer, string reason)
        : this([new SchemaFault(jsonPointer, reason)])
    {
    }

    /// <summary>All that is wrong, in the order in which it was found.</summary>
    public IReadOnlyList<SchemaFault> Faults { get; }

    /// <summary>The JSON pointer of the first offending keyword, such as <c>#/properties/name/pattern</c>.</summary>
    public string JsonPointer => Faults[0].JsonPointer;
}
