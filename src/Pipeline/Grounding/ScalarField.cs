using System.Text.Json;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>A scalar of an insight.</summary>
/// <param name="Pointer">Its JSON pointer.</param>
/// <param name="Value">The value.</param>
/// <param name="IsLookedFor">Whether it is a text or number that should stand in the media.</param>
/// <param name="Labels">What may stand beside it: the texts beside it in its object, then its property's name.</param>
/// <param name="Page">The page that the model names for it; null when it names none.</param>
internal sealed record ScalarField(string Pointer, JsonElement Value, bool IsLookedFor, IReadOnlyList<FieldLabel> Labels, int? Page);

/// <summary>What may stand beside a value.</summary>
/// <param name="Text">The text.</param>
/// <param name="Weight">How much its place says of the value's, from 0 to 1.</param>
internal sealed record FieldLabel(string Text, double Weight);
