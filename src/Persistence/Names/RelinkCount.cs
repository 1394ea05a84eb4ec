namespace Qwen35Batch.Persistence.Names;

/// <summary>What came of asking for keys again.</summary>
/// <param name="Insights">The insights that changed.</param>
/// <param name="Linked">The names that have a key now and had none.</param>
/// <param name="Unknown">The names that still have none.</param>
public sealed record RelinkCount(int Insights, int Linked, int Unknown);
