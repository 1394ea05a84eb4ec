namespace Qwen35Batch.Persistence.Corpora;

/// <summary>A file as its folder lists it: with the same stamp, its content is taken to be the same.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="WrittenAt">When it was last written, to the microsecond, which both databases keep.</param>
public sealed record FileStamp(long Length, DateTimeOffset WrittenAt)
{
    /// <summary>The stamp of a file as it is now.</summary>
    public static FileStamp Of(FileInfo file) =>
        new(file.Length, new(file.LastWriteTimeUtc.Ticks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero));
}
