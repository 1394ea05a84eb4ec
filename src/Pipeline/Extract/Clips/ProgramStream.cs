namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>Looks into MPEG program streams for the place where a recording begins.</summary>
internal static class ProgramStream
{
    private const int MostBytes = 16 << 20;

    private static readonly byte[] Pack = [0, 0, 1, 0xBA];
    private static readonly byte[] SystemHeader = [0, 0, 1, 0xBB];

    /// <summary>
    /// Where a recording begins whose first picture lies at a place: the last pack before it with a list of the streams, which a recording
    /// begins with.
    /// </summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="after">A place in the recording before.</param>
    /// <param name="at">The place of the first picture.</param>
    public static long PartStart(string path, long after, long at)
    {
        if (after < 0 || at <= after)
            return at;
        var first = Math.Max(after, at - MostBytes);
        using var file = File.OpenHandle(path);
        var bytes = new byte[at - first];
        var seen = bytes.AsSpan(0, RandomAccess.Read(file, bytes, first));
        var header = seen.LastIndexOf(SystemHeader);
        var pack = (header < 0 ? seen : seen[..header]).LastIndexOf(Pack);
        return pack < 0 ? at : first + pack;
    }
}
