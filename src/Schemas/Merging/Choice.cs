using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>Schemas of which a value is held to one.</summary>
/// <param name="Options">The schemas.</param>
internal sealed record Choice(IReadOnlyList<Schema> Options)
{
    /// <summary>The schema whose <c>oneOf</c> it is: then no other may fit.</summary>
    public Schema? Owner { get; init; }

    /// <summary>Whether the document itself has them. Else they are ways not to fit something, of which any will do.</summary>
    public bool IsOwn { get; init; }
}
