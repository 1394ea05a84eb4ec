namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// Where what stands in the order of a <see cref="CharacterTrie"/> leads from one state of a pattern: what follows one another and leads to
/// the same state stands together.
/// </summary>
internal sealed class PatternRuns
{
    /// <summary>Stands for what leads nowhere.</summary>
    public const ushort Nowhere = ushort.MaxValue;

    private readonly int[] _ends;
    private readonly ushort[] _targets;

    /// <param name="ends">For each run what is first behind it.</param>
    /// <param name="targets">For each run the index of its state among those that are reached, or <see cref="Nowhere"/>.</param>
    public PatternRuns(ReadOnlySpan<int> ends, ReadOnlySpan<ushort> targets) => (_ends, _targets) = (ends.ToArray(), targets.ToArray());

    /// <summary>For each run what is first behind it.</summary>
    public ReadOnlySpan<int> Ends => _ends;

    /// <summary>For each run the index of its state, or <see cref="Nowhere"/>.</summary>
    public ReadOnlySpan<ushort> Targets => _targets;

    public long Bytes => _ends.Length * (sizeof(int) + (long)sizeof(ushort));
}
