namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>Which texts a walk takes.</summary>
internal enum WalkAim
{
    /// <summary>All that a pattern may begin with.</summary>
    Within,

    /// <summary>The same, each with how many tokens certainly suffice to the pattern's end.</summary>
    Costed,

    /// <summary>Those that may be a pattern's end.</summary>
    Ended,
}
