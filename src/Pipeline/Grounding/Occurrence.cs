namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>A place where a field's value may stand.</summary>
/// <param name="Slices">The words there, in order; never empty.</param>
/// <param name="Score">How well they fit the value, from 0 to 1.</param>
internal sealed record Occurrence(IReadOnlyList<WordSlice> Slices, double Score)
{
    /// <summary>The first word.</summary>
    public int First => Slices[0].Word;

    /// <summary>The last word.</summary>
    public int Last => Slices[^1].Word;

    /// <summary>Whether two places share a character.</summary>
    public bool Overlaps(Occurrence other) => Slices.Any(slice => other.Slices.Any(
        theirs => slice.Word == theirs.Word && slice.Start < theirs.End && theirs.Start < slice.End));
}
