using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>The clips of a video: each as long as the first, one behind the other, the last one to the end.</summary>
internal sealed class ClipSpans
{
    /// <summary>Half a millisecond: containers round a frame's time to a millisecond.</summary>
    public const double Rounding = 5e-4;

    private readonly IReadOnlyList<TimeSpanSeconds> _clips;

    /// <param name="clips">The clips; at least one.</param>
    public ClipSpans(IReadOnlyList<TimeSpanSeconds> clips) => (_clips, Length) = (clips, clips[0].End - clips[0].Start);

    /// <summary>How many there are.</summary>
    public int Count => _clips.Count;

    /// <summary>The length of each but the last, in seconds.</summary>
    public double Length { get; }

    public TimeSpanSeconds this[int clip] => _clips[clip];

    /// <summary>The clip that a frame belongs to.</summary>
    /// <param name="seconds">Its time.</param>
    public int Of(double seconds) => Math.Clamp((int)Math.Floor((seconds + Rounding) / Length), 0, Count - 1);
}
