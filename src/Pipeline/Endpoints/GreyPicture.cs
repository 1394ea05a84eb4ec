namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>The smallest picture that the model's processor takes, with nothing in it.</summary>
internal static class GreyPicture
{
    private const int Side = 32;

    /// <summary>Binary PPM, 32 by 32.</summary>
    public static ReadOnlyMemory<byte> Pixmap { get; } = Make();

    private static byte[] Make()
    {
        var header = "P6\n32 32\n255\n"u8;
        var pixmap = new byte[header.Length + (Side * Side * 3)];
        header.CopyTo(pixmap);
        pixmap.AsSpan(header.Length).Fill(128);
        return pixmap;
    }
}
