using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Steps;

/// <summary>What a call gave, as it is stored.</summary>
/// <param name="Text">The result as it is shown to a reader.</param>
/// <param name="Addresses">The addresses that may be read from then on.</param>
/// <param name="Source">The page that was read; null when none was.</param>
/// <param name="Artifacts">The files that it made.</param>
internal sealed record CallResult(
    string Text, IReadOnlyList<SeenAddress> Addresses, ReadSource? Source, IReadOnlyList<StoredArtifact> Artifacts);
