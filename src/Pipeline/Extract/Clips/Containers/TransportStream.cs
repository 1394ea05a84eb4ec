namespace Qwen35Batch.Pipeline.Extract.Clips.Containers;

/// <summary>Looks into MPEG transport streams for the place where a recording begins.</summary>
internal static class TransportStream
{
    private const int PacketBytes = 188;
    private const byte Sync = 0x47;
    private const int MostBytes = 16 << 20;

    /// <summary>
    /// Where a recording begins whose first picture lies at a place: the last list of programs before it, without which a decoder
    /// would pass over the first pictures.
    /// </summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="after">A place in the recording before.</param>
    /// <param name="at">The place of the first picture.</param>
    public static long PartStart(string path, long after, long at)
    {
        if (after < 0 || at <= after)
            return at;
        var first = at - ((Math.Min(at - after, MostBytes) / PacketBytes) * PacketBytes);
        using var file = File.OpenHandle(path);
        var bytes = new byte[at - first];
        var read = RandomAccess.Read(file, bytes, first);
        for (var place = (read / PacketBytes * PacketBytes) - PacketBytes; place >= 0; place -= PacketBytes)
        {
            if (bytes[place] == Sync && (((bytes[place + 1] & 0x1F) << 8) | bytes[place + 2]) == 0)
                return first + place;
        }

        return at;
    }
}
