namespace Qwen35Batch.Pipeline.Extract.Clips.Containers;

/// <summary>Finds the recordings that were joined in an Ogg file.</summary>
internal static class OggChain
{
    private const int HeaderBytes = 27;
    private const int FirstPage = 0x02;
    private const int MostLost = 1 << 16;

    /// <summary>Where each recording begins: pages that open a track, behind pages that hold something.</summary>
    /// <param name="path">A file of the media store.</param>
    public static List<long> Find(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        var starts = new List<long>();
        var header = new byte[HeaderBytes + 255];
        var (isOpening, at) = (false, 0L);
        while (at + HeaderBytes <= file.Length)
        {
            file.Position = at;
            file.ReadExactly(header.AsSpan(0, HeaderBytes));
            if (!header.AsSpan().StartsWith("OggS"u8))
            {
                if (NextPage(file, at + 1) is not { } next)
                    break;
                at = next;
                continue;
            }

            var segments = header[HeaderBytes - 1];
            if (file.ReadAtLeast(header.AsSpan(HeaderBytes, segments), segments, throwOnEndOfStream: false) < segments)
                break;
            var opens = (header[5] & FirstPage) != 0;
            if (opens && !isOpening)
                starts.Add(at);
            isOpening = opens;
            var length = 0;
            foreach (var segment in header.AsSpan(HeaderBytes, segments))
                length += segment;
            at += HeaderBytes + segments + length;
        }

        return starts;
    }

    private static long? NextPage(FileStream file, long from)
    {
        var bytes = new byte[MostLost];
        file.Position = from;
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var found = bytes.AsSpan(0, read).IndexOf("OggS"u8);
        return found < 0 ? null : from + found;
    }
}
