namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>What one source says, with the words that say it.</summary>
/// <param name="Id">Its name within the job, such as <c>n3</c>.</param>
/// <param name="Claim">What the source says.</param>
/// <param name="Quote">The words of the source, verbatim but for blanks.</param>
/// <param name="Source">The number of the source, from 1.</param>
/// <param name="Origin">All that the source wrote, as it was got.</param>
internal sealed record Note(string Id, string Claim, string Quote, int Source, string Origin);
