namespace Qwen35Batch.Pipeline.Grounding.Reading;

/// <summary>A date in a text.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Behind its last character.</param>
/// <param name="Dates">What it may mean, by the order of day and month; never empty.</param>
internal sealed record FoundDate(int Start, int End, IReadOnlyList<DateOnly> Dates);
