namespace Qwen35Batch.Schemas.Patterns;

/// <summary>A part of a regular expression.</summary>
internal abstract record PatternNode
{
    /// <summary>One character of a set.</summary>
    internal sealed record Character(CodePointSet Set) : PatternNode;

    /// <summary>One part after the other; none is the empty text.</summary>
    internal sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>One of several parts.</summary>
    internal sealed record Choice(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>A part, repeated.</summary>
    /// <param name="Max">Null for without end.</param>
    internal sealed record Repetition(PatternNode Part, int Min, int? Max) : PatternNode;

    /// <summary>The beginning of the whole text, or its end.</summary>
    internal sealed record Anchor(bool IsEnd) : PatternNode;

    /// <summary>Where a word begins or ends, or where none does.</summary>
    internal sealed record Boundary(bool IsNegated) : PatternNode;

    /// <summary>What must follow here, or stand before, without being read.</summary>
    internal sealed record Look(PatternNode Part, bool IsNegative, bool IsBehind) : PatternNode;

    /// <summary>All the rest of the text.</summary>
    internal sealed record Continuation(PatternAutomaton Rest) : PatternNode;
}
