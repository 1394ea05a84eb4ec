namespace Qwen35Batch.Schemas.Faults;

/// <summary>What is wrong with a schema, or cannot be held to.</summary>
/// <param name="JsonPointer">Where: the JSON pointer of the keyword, as a URI fragment such as <c>#/properties/name/pattern</c>.</param>
/// <param name="Reason">What is wrong and what to write instead.</param>
public sealed record SchemaFault(string JsonPointer, string Reason)
{
    public override string ToString() => $"{JsonPointer}: {Reason}";
}
