namespace Qwen35Batch.Inference.Vision;

/// <summary>Binary PPM: <c>P6</c>, width, height, 255, then the pixels.</summary>
internal static class Pixmap
{
    /// <summary>Reads a picture.</summary>
    /// <exception cref="PictureException">It is damaged, too large, or has more than 8 bits.</exception>
    public static RgbImage Read(ReadOnlySpan<byte> data, long mostPixels)
    {
        var rest = data[2..];
        var width = Number(ref rest);
        var height = Number(ref rest);
        var maximum = Number(ref rest);
        if (width < 1 || height < 1 || maximum != 255 || rest.IsEmpty || !IsSpace(rest[0]))
        {
            throw new PictureException(
                $"its PPM header says {width} x {height} pixels with values up to {maximum}; 8-bit pictures (255) are read");
        }

        RgbImage.CheckSize(width, height, mostPixels);
        var size = checked(width * height * 3);
        if (rest.Length - 1 < size)
            throw new PictureException($"its PPM header promises {size} bytes of pixels, but only {rest.Length - 1} follow");
        return new(width, height, rest.Slice(1, size).ToArray());
    }

    // White space and comments, then digits. 0 when there are none or too many.
    private static int Number(ref ReadOnlySpan<byte> rest)
    {
        var skipped = 0;
        while (skipped < rest.Length && (IsSpace(rest[skipped]) || rest[skipped] == '#'))
        {
            if (rest[skipped] == '#')
            {
                var line = rest[skipped..].IndexOf((byte)'\n');
                skipped = line < 0 ? rest.Length - 1 : skipped + line;
            }

            skipped++;
        }

        rest = rest[skipped..];
        var digits = 0;
        var value = 0;
        while (digits < rest.Length && digits < 9 && char.IsAsciiDigit((char)rest[digits]))
            value = value * 10 + rest[digits++] - '0';
        rest = rest[digits..];
        return value;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (>= 9 and <= 13);
}
