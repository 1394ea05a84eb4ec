using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>What a content is by its first bytes.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="MediaType">The media type, such as <c>image/png</c>.</param>
internal sealed record SniffedMedia(MediaKind Kind, string MediaType);
