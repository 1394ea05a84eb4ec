namespace Qwen35Batch.Pipeline.Grounding.Reading;

/// <summary>A number in a text.</summary>
/// <param name="Start">Where it begins, with its sign and currency.</param>
/// <param name="End">Behind its last character, with its unit.</param>
/// <param name="Values">What it may mean: 1.234 is one thousand or one.</param>
/// <param name="IsPart">Whether it stands within something longer, as the 12 of A12.</param>
/// <param name="IsSpaced">Whether blanks separate its thousands: then it may as well be several numbers.</param>
internal sealed record FoundNumber(int Start, int End, IReadOnlyList<decimal> Values, bool IsPart, bool IsSpaced = false);
