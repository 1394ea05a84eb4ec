using Qwen35Batch.Pipeline.Acquire.Opening;

namespace Qwen35Batch.Pipeline.Extract.Archives;

/// <summary>What an archive may be unpacked to.</summary>
/// <param name="Files">The largest number of files.</param>
/// <param name="Bytes">The largest number of bytes of all files together.</param>
/// <param name="NameCharacters">The longest name of a file, with its folders.</param>
internal sealed record ArchiveLimits(int Files, long Bytes, int NameCharacters)
{
    /// <summary>The options' limits.</summary>
    public static ArchiveLimits Of(AcquireOptions options, int nameCharacters) =>
        new(options.MaxArchiveFiles, options.MaxArchiveBytes, nameCharacters);
}
