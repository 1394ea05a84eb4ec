using System.Buffers.Binary;

namespace Qwen35Batch.Pipeline.Extract.Sound;

/// <summary>Writes WAV: 16 bits, mono.</summary>
internal static class WaveFile
{
    private const int HeaderBytes = 44;

    /// <summary>A WAV of little-endian samples.</summary>
    public static byte[] FromSamples(ReadOnlySpan<byte> samples, int sampleRate)
    {
        var wave = new byte[HeaderBytes + samples.Length];
        var header = wave.AsSpan(0, HeaderBytes);
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], wave.Length - 8);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], sampleRate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], 2);
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], samples.Length);
        samples.CopyTo(wave.AsSpan(HeaderBytes));
        return wave;
    }
}
