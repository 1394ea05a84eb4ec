namespace Qwen35Batch.Pipeline.Tests.Extract.Pictures;

/// <summary>Writes GIFs of black (0), white (1) and red (2) by hand, so that frames are smaller than the picture and stay or go.</summary>
internal static class GifFile
{
    private const int CodeSize = 2;
    private const int Clear = 1 << CodeSize;

    /// <summary>A frame of one colour.</summary>
    /// <param name="Left">Its place on the picture.</param>
    /// <param name="Top">Its place on the picture.</param>
    /// <param name="Width">Its width.</param>
    /// <param name="Height">Its height.</param>
    /// <param name="Colour">0 to 2; 3 is transparent.</param>
    /// <param name="Disposal">What becomes of it: 1 it stays, 2 its place is cleared, 3 what was before comes back.</param>
    public sealed record Frame(int Left, int Top, int Width, int Height, byte Colour, int Disposal = 1);

    /// <summary>A picture of frames.</summary>
    public static byte[] Of(int width, int height, params Frame[] frames)
    {
        var file = new List<byte>();
        file.AddRange("GIF89a"u8);
        file.AddRange([.. Two(width), .. Two(height), 0b1001_0001, 1, 0]);
        file.AddRange([0, 0, 0, 255, 255, 255, 255, 0, 0, 9, 9, 9]);
        foreach (var frame in frames)
        {
            file.AddRange([0x21, 0xF9, 4, (byte)((frame.Disposal << 2) | 1), 10, 0, 3, 0, 0x2C]);
            file.AddRange([.. Two(frame.Left), .. Two(frame.Top), .. Two(frame.Width), .. Two(frame.Height), 0, CodeSize]);
            foreach (var block in Codes(frame.Width * frame.Height, frame.Colour).Chunk(255))
                file.AddRange([(byte)block.Length, .. block]);
            file.Add(0);
        }

        file.Add(0x3B);
        return [.. file];
    }

    // The table of codes never grows when it is cleared before every second pixel: all codes have three bits.
    private static List<byte> Codes(int pixels, byte colour)
    {
        var bytes = new List<byte>();
        var (held, bits) = (0, 0);
        for (var pixel = 0; pixel < pixels; pixel++)
        {
            if (pixel % 2 == 0) Add(Clear);
            Add(colour);
        }

        Add(Clear + 1);
        if (bits > 0) bytes.Add((byte)held);
        return bytes;

        void Add(int code)
        {
            held |= code << bits;
            bits += CodeSize + 1;
            for (; bits >= 8; bits -= 8, held >>= 8) bytes.Add((byte)held);
        }
    }

    private static byte[] Two(int value) => [(byte)value, (byte)(value >> 8)];
}
