using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>A note whose quote stands in what was read.</summary>
/// <param name="Claim">What is said.</param>
/// <param name="Quote">The words that say it.</param>
/// <param name="Source">Where they stand.</param>
/// <param name="Origin">All that the source wrote, as it was got.</param>
internal sealed record CheckedNote(string Claim, string Quote, ReadSource Source, string Origin);
