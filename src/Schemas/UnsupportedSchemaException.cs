namespace Qwen35Batch.Schemas;

/// <summary>A JSON Schema that answers cannot be held to.</summary>
/// <param name="jsonPointer">Where: the JSON pointer of the keyword, as a URI fragment.</param>
/// <param name="reason">What is wrong and what is supported.</param>
public sealed class UnsupportedSchemaException(string jsonPointer, string reason) : Exception($"{jsonPointer}: {reason}")
{
    /// <summary>The JSON pointer of the offending keyword, such as <c>#/properties/name/pattern</c>.</summary>
    public string JsonPointer { get; } = jsonPointer;
}
