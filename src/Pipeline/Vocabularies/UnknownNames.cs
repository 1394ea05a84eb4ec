namespace Qwen35Batch.Pipeline.Vocabularies;

/// <summary>What becomes of a name that is not in a list.</summary>
public enum UnknownNames
{
    /// <summary>It cannot be written; where the schema's type allows <c>null</c>, that is.</summary>
    Null,

    /// <summary>It is written as it is read, and has no key.</summary>
    Free,
}
