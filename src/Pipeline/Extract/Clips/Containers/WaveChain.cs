using System.Buffers.Binary;

namespace Qwen35Batch.Pipeline.Extract.Clips.Containers;

/// <summary>Finds the recordings that were joined in a WAV file.</summary>
internal static class WaveChain
{
    private const int HeaderBytes = 12;

    /// <summary>Where each recording begins: one follows where the length of the one before says that it ends.</summary>
    /// <param name="path">A file of the media store.</param>
    public static List<long> Find(string path)
    {
        using var file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        var starts = new List<long>();
        var header = new byte[HeaderBytes];
        for (var at = 0L; at + HeaderBytes <= length && RandomAccess.Read(file, header, at) == HeaderBytes && IsWave(header);)
        {
            starts.Add(at);
            var size = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4));
            // Of a stream the length was not known: it reaches to the end of the file.
            if (size is 0 or uint.MaxValue)
                break;
            // Chunks have an even length, but not every writer knows.
            var next = at + 8 + size;
            at = RandomAccess.Read(file, header, next) == HeaderBytes && IsWave(header) ? next : next + 1;
        }

        return starts;
    }

    private static bool IsWave(ReadOnlySpan<byte> header) => header.StartsWith("RIFF"u8) && header[8..].StartsWith("WAVE"u8);
}
