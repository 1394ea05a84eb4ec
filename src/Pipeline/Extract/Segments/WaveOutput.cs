namespace Qwen35Batch.Pipeline.Extract.Segments;

/// <summary>Whether the sound itself is wanted beside its measures.</summary>
internal enum WaveOutput
{
    /// <summary>Measures only.</summary>
    Omit,

    /// <summary>A 16 kHz mono 16-bit WAV too.</summary>
    Include,
}
