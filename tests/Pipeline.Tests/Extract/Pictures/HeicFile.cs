using System.Buffers.Binary;
using System.Text;

namespace Qwen35Batch.Pipeline.Tests.Extract.Pictures;

/// <summary>Makes HEIC pictures of the first frames of MP4s that are coded as HEVC.</summary>
internal static class HeicFile
{
    /// <summary>One picture.</summary>
    public static byte[] Of(byte[] video, int width, int height) => Make(
        [video],
        [.. Full("pitm", 0, 0, [0, 1]), .. Items(("hvc1", 1))],
        [.. Box(video, "hvcC"), .. Size(width, height)],
        [0, 0, 0, 1, 0, 1, 2, 0x81, 2]);

    /// <summary>Two pictures side by side, a quarter turn to the left from upright.</summary>
    public static byte[] OfTiles(byte[] left, byte[] right, int width, int height) => Make(
        [left, right],
        [
            .. Full("pitm", 0, 0, [0, 3]),
            .. Items(("hvc1", 1), ("hvc1", 2), ("grid", 3)),
            .. Full("iref", 0, 0, Box("dimg", [0, 3, 0, 2, 0, 1, 0, 2])),
            .. Box("idat", [0, 0, 0, 1, .. Number(width * 2)[2..], .. Number(height)[2..]]),
        ],
        [.. Box(left, "hvcC"), .. Size(width, height), .. Size(width * 2, height), .. Box("irot", [1])],
        [0, 0, 0, 3, 0, 1, 2, 0x81, 2, 0, 2, 2, 0x81, 2, 0, 3, 2, 3, 0x84]);

    private static byte[] Make(byte[][] videos, byte[] items, byte[] properties, byte[] associations)
    {
        var samples = videos.Select(video => Box(video, "mdat")[8..]).ToList();
        var start = Box("ftyp", [.. "heic"u8, 0, 0, 0, 0, .. "mif1heic"u8]);
        var place = start.Length + Meta(0).Length + 8;
        return [.. start, .. Meta(place), .. Box("mdat", [.. samples.SelectMany(sample => sample)])];

        byte[] Meta(int at)
        {
            var places = new List<byte>();
            for (var index = 0; index < samples.Count; index++)
            {
                places.AddRange([0, (byte)(index + 1), 0, 0, 0, 0, 0, 1, .. Number(at), .. Number(samples[index].Length)]);
                at += samples[index].Length;
            }

            var hasGrid = samples.Count > 1;
            byte[] inner = hasGrid ? [0, 3, 0, 1, 0, 0, 0, 1, .. Number(0), .. Number(8)] : [];
            return Full("meta", 0, 0,
            [
                .. Full("hdlr", 0, 0, [0, 0, 0, 0, .. "pict"u8, .. new byte[13]]),
                .. items,
                .. Full("iloc", 1, 0, [0x44, 0, 0, (byte)(samples.Count + (hasGrid ? 1 : 0)), .. places, .. inner]),
                .. Box("iprp", [.. Box("ipco", properties), .. Full("ipma", 0, 0, associations)]),
            ]);
        }
    }

    private static byte[] Items(params (string Type, byte Id)[] items) => Full(
        "iinf",
        0,
        0,
        [
            0,
            (byte)items.Length,
            .. items.SelectMany(item => Full("infe", 2, 0, [0, item.Id, 0, 0, .. Encoding.ASCII.GetBytes(item.Type), 0]))
        ]);

    private static byte[] Size(int width, int height) => Full("ispe", 0, 0, [.. Number(width), .. Number(height)]);

    private static byte[] Box(byte[] file, string type)
    {
        var at = file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(type)) - 4;
        return file[at..(at + BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at)))];
    }

    private static byte[] Full(string type, byte version, byte flags, byte[] content) => Box(type, [version, 0, 0, flags, .. content]);

    private static byte[] Box(string type, byte[] content) => [.. Number(content.Length + 8), .. Encoding.ASCII.GetBytes(type), .. content];

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
