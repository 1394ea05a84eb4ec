namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>What a pattern makes of a text.</summary>
internal enum Verdict : byte
{
    /// <summary>Neither it nor any that begins with it fits.</summary>
    Dead,

    /// <summary>It does not fit, longer ones may.</summary>
    Left,

    /// <summary>It fits.</summary>
    Taken,
}
