using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>A kind of file that is read.</summary>
/// <param name="Name">As users call it.</param>
/// <param name="Kind">What it is taken for until it is probed.</param>
/// <param name="MediaTypes">The media types under which it goes.</param>
/// <param name="Demuxers">ffmpeg's demuxers that may open it; empty for what ffmpeg never sees.</param>
internal sealed record MediaFormat(string Name, MediaKind Kind, IReadOnlyList<string> MediaTypes, IReadOnlyList<string> Demuxers);
