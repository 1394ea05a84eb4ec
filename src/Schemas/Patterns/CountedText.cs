namespace Qwen35Batch.Schemas.Patterns;

/// <summary>
/// The texts of a pattern as those of a smaller automaton that have a certain length: where one character is repeated many times and all
/// else has a fixed length, only the length tells how often.
/// </summary>
/// <param name="Text">The texts of any length.</param>
/// <param name="Min">The fewest characters.</param>
/// <param name="Max">The most, or null.</param>
internal sealed record CountedText(PatternAutomaton Text, int Min, int? Max)
{
    // Fewer repetitions are as well written out: their states are few.
    private const int FewestRepeated = 16;

    /// <summary>The counted texts of a pattern, or null where it is not of that form.</summary>
    public static CountedText? Of(PatternNode pattern, string at)
    {
        var parts = Flat(pattern).ToArray();
        if (parts is not [PatternNode.Anchor { IsEnd: false }, .. var middle, PatternNode.Anchor { IsEnd: true }])
            return null;
        var (others, repeated) = (0, -1);
        foreach (var (i, part) in middle.Index())
        {
            if (LengthOf(part) is { } length)
                others += length;
            else if (repeated < 0 && part is PatternNode.Repetition { Part: var one } && LengthOf(one) == 1)
                repeated = i;
            else
                return null;
        }

        if (repeated < 0 || middle[repeated] is not PatternNode.Repetition { Min: var min, Max: var max } repetition
            || (max ?? min) < FewestRepeated)
        {
            return null;
        }

        parts[repeated + 1] = repetition with { Min = 0, Max = null };
        return new CountedText(PatternCompiler.Compile(new PatternNode.Sequence(parts), at), others + min, others + max);
    }

    private static IEnumerable<PatternNode> Flat(PatternNode node) =>
        node is PatternNode.Sequence sequence ? sequence.Parts.SelectMany(Flat) : [node];

    /// <summary>The characters that every text of a part has, or null where they differ.</summary>
    private static int? LengthOf(PatternNode part) => part switch
    {
        PatternNode.Character => 1,
        PatternNode.Sequence sequence => sequence.Parts.Aggregate((int?)0, (length, next) => length + LengthOf(next)),
        PatternNode.Choice choice when choice.Parts.Select(LengthOf).Distinct().ToArray() is [var length] => length,
        PatternNode.Repetition { Min: var min, Max: var max, Part: var repeated } when min == max && min < FewestRepeated =>
            min * LengthOf(repeated),
        _ => null,
    };
}
