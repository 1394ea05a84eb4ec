namespace Qwen35Batch.Pipeline.Extract.Segments;

/// <summary>What ffmpeg measures of a span of sound.</summary>
/// <param name="LoudnessLufs">Integrated loudness (EBU R 128); null when silent or too short.</param>
/// <param name="Silence">Spans below the noise floor, in seconds from the start of the media.</param>
/// <param name="Speech">Spans that are probably speech, in seconds from the start of the media.</param>
internal sealed record AudioMeasures(double? LoudnessLufs, IReadOnlyList<TimeSpanSeconds> Silence, IReadOnlyList<TimeSpanSeconds> Speech);

/// <summary>A span of time in seconds from the start of the media.</summary>
internal sealed record TimeSpanSeconds(double Start, double End);
