using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;

namespace Qwen35Batch.Pipeline.Acquire;

/// <summary>A source that has been copied into the media store.</summary>
internal sealed record StoredMedia
{
    /// <summary>The source as it may be shown: without a URL's query and user.</summary>
    public required string Source { get; init; }

    /// <summary>SHA-256 of the content, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The full path of the copy.</summary>
    public required string Path { get; init; }

    /// <summary>The length in bytes.</summary>
    public required long LengthBytes { get; init; }

    /// <summary>What the first bytes say. A container may turn out to hold only sound when it is probed.</summary>
    public required MediaKind Kind { get; init; }

    /// <summary>Whether it is no media but an archive of such; its kind says nothing then.</summary>
    public bool IsArchive => MediaType == DocumentFormats.Zip;

    /// <summary>The media type found by its content.</summary>
    public required string MediaType { get; init; }
}
