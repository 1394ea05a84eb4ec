using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Vision;

/// <summary>
/// Bicubic resampling with antialiasing in the integer arithmetic of Pillow, which the model was trained on: rows first, then columns,
/// with 22-bit weights and 8 bits between the passes.
/// </summary>
internal static class BicubicResizer
{
    private const int WeightBits = 32 - 8 - 2;
    private const int Half = 1 << (WeightBits - 1);

    /// <summary>Resizes a picture; one that has the size already is returned as it is.</summary>
    public static RgbImage Resize(RgbImage image, int height, int width)
    {
        if (image.Width != width)
            image = new(width, image.Height, ResizeRows(image, ResampleWeights.Create(image.Width, width)));
        if (image.Height != height)
            image = new(width, height, ResizeColumns(image, ResampleWeights.Create(image.Height, height)));
        return image;
    }

    private static byte[] ResizeRows(RgbImage image, ResampleWeights weights)
    {
        var width = weights.Starts.Length;
        var result = new byte[checked(width * image.Height * 3)];
        // A pixel is read as four bytes, the last one with the byte behind the row.
        var row = new byte[image.Width * 3 + 1];
        for (var y = 0; y < image.Height; y++)
        {
            image.Pixels.AsSpan(y * image.Width * 3, image.Width * 3).CopyTo(row);
            var target = result.AsSpan(y * width * 3, width * 3);
            for (var x = 0; x < width; x++)
            {
                var sum = Vector128.Create(Half);
                var source = row.AsSpan(weights.Starts[x] * 3);
                foreach (var weight in weights.Of(x))
                {
                    var pixel = Vector128.CreateScalarUnsafe(MemoryMarshal.Read<uint>(source)).AsByte();
                    sum += Vector128.WidenLower(Vector128.WidenLower(pixel)).AsInt32() * weight;
                    source = source[3..];
                }

                var values = Clip(sum);
                target[x * 3] = (byte)values[0];
                target[x * 3 + 1] = (byte)values[1];
                target[x * 3 + 2] = (byte)values[2];
            }
        }

        return result;
    }

    private static byte[] ResizeColumns(RgbImage image, ResampleWeights weights)
    {
        var stride = image.Width * 3;
        var height = weights.Starts.Length;
        var result = new byte[checked(stride * height)];
        for (var y = 0; y < height; y++)
        {
            var source = image.Pixels.AsSpan(weights.Starts[y] * stride);
            var target = result.AsSpan(y * stride, stride);
            var x = 0;
            for (; x <= stride - Vector128<byte>.Count; x += Vector128<byte>.Count)
                SumColumns(source[x..], stride, weights.Of(y)).CopyTo(target[x..]);
            for (; x < stride; x++)
            {
                var sum = Half;
                var at = x;
                foreach (var weight in weights.Of(y))
                {
                    sum += source[at] * weight;
                    at += stride;
                }

                target[x] = (byte)Math.Clamp(sum >> WeightBits, 0, 255);
            }
        }

        return result;
    }

    private static Vector128<byte> SumColumns(ReadOnlySpan<byte> source, int stride, ReadOnlySpan<int> weights)
    {
        var (a, b, c, d) = (Vector128.Create(Half), Vector128.Create(Half), Vector128.Create(Half), Vector128.Create(Half));
        var at = 0;
        foreach (var weight in weights)
        {
            var (lower, upper) = Vector128.Widen(Vector128.Create(source.Slice(at, Vector128<byte>.Count)));
            a += Vector128.WidenLower(lower).AsInt32() * weight;
            b += Vector128.WidenUpper(lower).AsInt32() * weight;
            c += Vector128.WidenLower(upper).AsInt32() * weight;
            d += Vector128.WidenUpper(upper).AsInt32() * weight;
            at += stride;
        }

        return Vector128.Narrow(
            Vector128.Narrow(Clip(a).AsUInt32(), Clip(b).AsUInt32()),
            Vector128.Narrow(Clip(c).AsUInt32(), Clip(d).AsUInt32()));
    }

    private static Vector128<int> Clip(Vector128<int> sum) =>
        Vector128.Min(Vector128.Max(sum >> WeightBits, Vector128<int>.Zero), Vector128.Create(255));
}
