using System.Buffers.Binary;
using System.Text;

namespace Qwen35Batch.Pipeline.Tests.Extract.Pictures;

/// <summary>Makes a HEIC picture of the first frame of an MP4 that is coded as HEVC.</summary>
internal static class HeicFile
{
    public static byte[] Of(byte[] video, int width, int height)
    {
        var configuration = Box(video, "hvcC");
        var sample = Box(video, "mdat")[8..];
        var start = Make("ftyp", [.. "heic"u8, 0, 0, 0, 0, .. "mif1heic"u8]);
        var place = start.Length + Meta(configuration, width, height, 0, sample.Length).Length + 8;
        return [.. start, .. Meta(configuration, width, height, place, sample.Length), .. Make("mdat", sample)];
    }

    private static byte[] Meta(byte[] configuration, int width, int height, int place, int length) => Full("meta", 0, 0,
    [
        .. Full("hdlr", 0, 0, [0, 0, 0, 0, .. "pict"u8, .. new byte[13]]),
        .. Full("pitm", 0, 0, [0, 1]),
        .. Full("iloc", 0, 0, [0x44, 0, 0, 1, 0, 1, 0, 0, 0, 1, .. Number(place), .. Number(length)]),
        .. Full("iinf", 0, 0, [0, 1, .. Full("infe", 2, 0, [0, 1, 0, 0, .. "hvc1"u8, 0])]),
        .. Make("iprp",
        [
            .. Make("ipco", [.. configuration, .. Full("ispe", 0, 0, [.. Number(width), .. Number(height)])]),
            .. Full("ipma", 0, 0, [0, 0, 0, 1, 0, 1, 2, 0x81, 0x02]),
        ]),
    ]);

    private static byte[] Box(byte[] file, string type)
    {
        var at = file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(type)) - 4;
        return file[at..(at + BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at)))];
    }

    private static byte[] Full(string type, byte version, byte flags, byte[] content) => Make(type, [version, 0, 0, flags, .. content]);

    private static byte[] Make(string type, byte[] content) =>
        [.. Number(content.Length + 8), .. Encoding.ASCII.GetBytes(type), .. content];

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
