using FFMpegCore;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>The tracks of a video or sound.</summary>
/// <param name="Analysis">What ffprobe says of them.</param>
/// <param name="Unlisted">The decoders that it opened, without giving them data, to name what is not read.</param>
internal sealed record ListedTracks(IMediaAnalysis Analysis, IReadOnlyList<string> Unlisted);
