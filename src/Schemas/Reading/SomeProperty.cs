using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Schemas.Reading;

/// <summary>
/// A property that an object has to have, whichever of some names it has: what the negation of a schema of many names asks.
/// </summary>
/// <param name="Names">The names.</param>
/// <param name="Value">What its value has to fit; null for any value.</param>
internal sealed record SomeProperty(PatternAutomaton Names, Schema? Value);
