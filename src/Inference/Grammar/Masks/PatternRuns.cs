namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// Where the tokens that end with whole characters lead from one state of a pattern, in the order of <see cref="CharacterTrie.Tokens"/>:
/// those that follow one another and lead to the same state stand together.
/// </summary>
internal sealed class PatternRuns
{
    /// <summary>Stands for tokens that lead nowhere.</summary>
    public const ushort Nowhere = ushort.MaxValue;

    private readonly int[] _ends;
    private readonly ushort[] _targets;

    /// <param name="ends">For each run the first token behind it.</param>
    /// <param name="targets">For each run the index of its state, or <see cref="Nowhere"/>.</param>
    /// <param name="states">The states.</param>
    public PatternRuns(ReadOnlySpan<int> ends, ReadOnlySpan<ushort> targets, IReadOnlyList<ReachedState> states) =>
        (_ends, _targets, States) = (ends.ToArray(), targets.ToArray(), states);

    /// <summary>The states that are reached.</summary>
    public IReadOnlyList<ReachedState> States { get; }

    /// <summary>For each run the first token behind it.</summary>
    public ReadOnlySpan<int> Ends => _ends;

    /// <summary>For each run the index of its state, or <see cref="Nowhere"/>.</summary>
    public ReadOnlySpan<ushort> Targets => _targets;

    public long Bytes => (_ends.Length * (sizeof(int) + (long)sizeof(ushort))) + (States.Count * 12L);

    /// <summary>A state that tokens lead to.</summary>
    /// <param name="State">The state.</param>
    /// <param name="Fewest">No token that leads here has fewer characters.</param>
    /// <param name="Most">No token that leads here has more.</param>
    public readonly record struct ReachedState(int State, int Fewest, int Most);
}
