namespace Qwen35Batch.Schemas.Faults;

/// <summary>Something that a schema says in vain: its author most likely meant more than JSON Schema reads.</summary>
/// <param name="JsonPointer">Where: the JSON pointer of the keyword, as a URI fragment.</param>
/// <param name="Reason">Why it says nothing and what to write instead.</param>
public sealed record SchemaHint(string JsonPointer, string Reason)
{
    public override string ToString() => $"{JsonPointer}: {Reason}";
}
