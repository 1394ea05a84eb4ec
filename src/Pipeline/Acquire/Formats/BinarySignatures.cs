using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>The first bytes of the binary kinds.</summary>
internal static class BinarySignatures
{
    /// <summary>The kind that is read, or null.</summary>
    public static SniffedMedia? Find(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith<byte>([0xFF, 0xD8, 0xFF]))
            return new(MediaKind.Image, "image/jpeg");
        if (head.StartsWith<byte>([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
            return new(MediaKind.Image, "image/png");
        if (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8))
            return new(MediaKind.Image, "image/gif");
        if (head.StartsWith("BM"u8) && IsBitmap(head))
            return new(MediaKind.Image, "image/bmp");
        if (IsTiff(head))
            return new(MediaKind.Image, "image/tiff");
        if (head.Length >= 12 && (head.StartsWith("RIFF"u8) || head.StartsWith("RF64"u8) || head.StartsWith("BW64"u8)))
            return Riff(head[8..12]);
        if (head.Length >= 12)
        {
            var box = head[4..8];
            if (box.SequenceEqual("ftyp"u8))
                return Brands(head);
            if (box.SequenceEqual("moov"u8) || box.SequenceEqual("mdat"u8) || box.SequenceEqual("wide"u8))
                return new(MediaKind.Video, "video/quicktime");
        }

        if (head.StartsWith<byte>([0x1A, 0x45, 0xDF, 0xA3]))
            return new(MediaKind.Video, head[..Math.Min(head.Length, 128)].IndexOf("webm"u8) >= 0 ? "video/webm" : "video/matroska");
        if (head.StartsWith("OggS"u8))
            return new(MediaKind.Video, "application/ogg");
        if (head.StartsWith("fLaC"u8))
            return new(MediaKind.Audio, "audio/flac");
        if ((head.StartsWith("ID3"u8) && !ForeignMedia.IsTaggedAac(head)) || IsMpegAudio(head))
            return new(MediaKind.Audio, "audio/mpeg");
        if (IsTransportStream(head, 0, 188) || IsTransportStream(head, 4, 192))
            return new(MediaKind.Video, "video/mp2t");
        if (head.StartsWith<byte>([0x00, 0x00, 0x01, 0xBA]))
            return new(MediaKind.Video, "video/mp2p");
        // Junk may stand before a PDF, but not an archive or a mail in which a PDF is the first file.
        if (!IsZip(head) && !IsCompoundFile(head) && head[..Math.Min(head.Length, 1024)].IndexOf("%PDF-"u8) >= 0)
            return new(MediaKind.Pdf, "application/pdf");
        return null;
    }

    /// <summary>Why a known kind is refused, or null.</summary>
    public static string? FindRefused(ReadOnlySpan<byte> head)
    {
        const string unpack = "is an archive; unpack it and submit the files in it";
        if (head.StartsWith<byte>([0x1F, 0x8B]) || head.StartsWith("BZh"u8) || head.StartsWith<byte>([0xFD, 0x37, 0x7A, 0x58, 0x5A])
            || head.StartsWith<byte>([0x37, 0x7A, 0xBC, 0xAF])
                || head.StartsWith("Rar!"u8)
                || head.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD])
                || (head.Length >= 262 && head[257..262].SequenceEqual("ustar"u8)))
        {
            return unpack;
        }

        if (ForeignMedia.Find(head) is { } foreign)
            return foreign;
        if (head.StartsWith("{\\rtf"u8))
            return "is an RTF document, which is not read; save it as DOCX or PDF";
        if (head.StartsWith("%!PS"u8))
            return "is a PostScript document, which is not read; save it as PDF";
        return null;
    }

    /// <summary>True for a zip archive with at least one entry.</summary>
    public static bool IsZip(ReadOnlySpan<byte> head) => head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8);

    /// <summary>True for Microsoft's compound file: legacy Office, and every encrypted Office document.</summary>
    public static bool IsCompoundFile(ReadOnlySpan<byte> head) => head.StartsWith<byte>([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);

    private static bool IsTiff(ReadOnlySpan<byte> head) =>
        head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8) || head.StartsWith("II+\0"u8) || head.StartsWith("MM\0+"u8);

    // Two letters are no evidence: the length of the second header must be one that there is.
    private static bool IsBitmap(ReadOnlySpan<byte> head) =>
        head.Length >= 18
            && System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(head[14..]) is 12 or 40 or 52 or 56 or 64 or 108 or 124;

    private static SniffedMedia? Riff(ReadOnlySpan<byte> form)
    {
        if (form.SequenceEqual("WEBP"u8))
            return new(MediaKind.Image, "image/webp");
        if (form.SequenceEqual("WAVE"u8))
            return new(MediaKind.Audio, "audio/wav");
        return form.SequenceEqual("AVI "u8) ? new(MediaKind.Video, "video/x-msvideo") : null;
    }

    private static SniffedMedia? Brands(ReadOnlySpan<byte> head)
    {
        var size = Math.Clamp((int)Math.Min(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(head), 512u), 12, head.Length);
        var brands = head[8..size];
        if (HasBrand(brands, "avif"u8) || HasBrand(brands, "avis"u8))
            return new(MediaKind.Image, "image/avif");
        if (HasBrand(brands, "heic"u8) || HasBrand(brands, "heix"u8) || HasBrand(brands, "mif1"u8) || HasBrand(brands, "msf1"u8))
            return new(MediaKind.Image, "image/heic");
        if (brands.StartsWith("crx "u8))
            return null;
        if (brands.StartsWith("qt  "u8))
            return new(MediaKind.Video, "video/quicktime");
        return brands.StartsWith("M4A "u8) || brands.StartsWith("M4B "u8)
            ? new(MediaKind.Audio, "audio/mp4")
            : new(MediaKind.Video, "video/mp4");
    }

    private static bool HasBrand(ReadOnlySpan<byte> brands, ReadOnlySpan<byte> brand)
    {
        for (var at = 0; at + 4 <= brands.Length; at += 4)
        {
            if (brands.Slice(at, 4).SequenceEqual(brand))
                return true;
        }

        return false;
    }

    // Layer III, a valid bit rate and sample rate: 11 sync bits alone also begin UTF-16 text.
    private static bool IsMpegAudio(ReadOnlySpan<byte> head) =>
        head.Length >= 4 && head[0] == 0xFF && (head[1] & 0xE6) == 0xE2 && (head[1] & 0x18) != 0x08
        && (head[2] & 0xF0) is not (0xF0 or 0x00) && (head[2] & 0x0C) != 0x0C;

    private static bool IsTransportStream(ReadOnlySpan<byte> head, int first, int packet)
    {
        if (head.Length < first + (2 * packet) + 1)
            return false;
        for (var at = first; at < Math.Min(head.Length, first + (8 * packet)); at += packet)
        {
            if (head[at] != 0x47)
                return false;
        }

        return true;
    }
}
