namespace Qwen35Batch.Schemas.Reading;

/// <summary>How many items of an array have to fit a schema: <c>contains</c>, and what follows from others.</summary>
/// <param name="Item">The schema.</param>
/// <param name="From">The first item that counts.</param>
/// <param name="Min">How many have to fit at least.</param>
/// <param name="Max">How many may fit, or null.</param>
internal sealed record SomeItems(Schema Item, int From, int Min, int? Max);
