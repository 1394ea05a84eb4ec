namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>Pictures, video and sound that are known by their first bytes but not read, each with its name and what to do.</summary>
internal static class ForeignMedia
{
    private const string Develop = "is a camera raw picture (%), which is not read; develop it and save it as JPEG or TIFF";
    private const string Picture = "is a % picture, which is not read; save it as JPEG, PNG or TIFF";
    private const string Targa = "Targa (TGA)";
    private const string Sound = "is % sound, which is not read; convert it to WAV, FLAC or MP3";
    private const string Video = "is a video in the container %, which is not read; repack it as MP4 or Matroska";

    private static readonly Signature[] Signatures =
    [
        new("Canon CRW", Develop, 6, "HEAPCCDR"),
        new("Fujifilm RAF", Develop, 0, "FUJIFILMCCD-RAW"),
        new("Olympus ORF", Develop, 0, "IIRO"),
        new("Olympus ORF", Develop, 0, "IIRS"),
        new("Olympus ORF", Develop, 0, "MMOR"),
        new("Panasonic RW2", Develop, 0, "IIU\0"),
        new("Minolta MRW", Develop, 0, "\0MRM"),
        new("Sigma X3F", Develop, 0, "FOVb"),
        new("Canon CR3", Develop, 4, "ftypcrx "),
        new("JPEG XL", Picture, 0, "\u00FF\u000A"),
        new("JPEG XL", Picture, 0, "\0\0\0\u000CJXL \r\n\u0087\n"),
        new("JPEG 2000", Picture, 0, "\0\0\0\u000CjP  \r\n\u0087\n"),
        new("JPEG 2000", Picture, 0, "\u00FF\u004F\u00FF\u0051"),
        new("JPEG XR", Picture, 0, "II\u00BC"),
        new("Photoshop", Picture, 0, "8BPS"),
        new("OpenEXR", Picture, 0, "v/1\u0001"),
        new("Radiance HDR", Picture, 0, "#?RADIANCE"),
        new("Windows icon", Picture, 0, "\0\0\u0001\0"),
        new("DICOM", Picture, 128, "DICM"),
        new("DjVu", Picture, 0, "AT&TFORM"),
        new("PCX", Picture, 0, "\u000A\u0005\u0001\u0008"),
        new("QOI", Picture, 0, "qoif"),
        new("SGI", Picture, 0, "\u0001\u00DA\u0001"),
        new("SGI", Picture, 0, "\u0001\u00DA\0"),
        new("DirectDraw (DDS)", Picture, 0, "DDS "),
        new("GIMP (XCF)", Picture, 0, "gimp xcf"),
        new("Apple icon (ICNS)", Picture, 0, "icns"),
        new("Windows metafile (WMF)", Picture, 0, "\u00D7\u00CD\u00C6\u009A"),
        new("Windows metafile (EMF)", Picture, 40, " EMF", "\u0001\0\0\0"),
        new("FITS", Picture, 0, "SIMPLE  ="),
        new("Amiga (ILBM)", Picture, 8, "ILBM", "FORM"),
        new("AIFF", Sound, 8, "AIFF", "FORM"),
        new("AIFF", Sound, 8, "AIFC", "FORM"),
        new("AMR", Sound, 0, "#!AMR"),
        new("Core Audio (CAF)", Sound, 0, "caff"),
        new("Monkey's Audio", Sound, 0, "MAC "),
        new("WavPack", Sound, 0, "wvpk"),
        new("Sun (AU)", Sound, 0, ".snd"),
        new("DSD (DSF)", Sound, 0, "DSD "),
        new("Wave64", Sound, 0, "riff\u002E\u0091\u00CF\u0011"),
        new("MIDI", Sound, 0, "MThd"),
        new("AC-3", Sound, 0, "\u000B\u0077"),
        new("DTS", Sound, 0, "\u007F\u00FE\u0080\u0001"),
        new("True Audio", Sound, 0, "TTA1"),
        new("Musepack", Sound, 0, "MPCK"),
        new("Musepack", Sound, 0, "MP+"),
        new("Voc", Sound, 0, "Creative Voice File"),
        new("MXF", Video, 0, "\u0006\u000E\u002B\u0034\u0002\u0005\u0001\u0001"),
        new("FLV", Video, 0, "FLV"),
        new("RealMedia", Video, 0, ".RMF"),
        new("MPEG video without a container", Video, 0, "\0\0\u0001\u00B3"),
        new("ASF (WMV or WMA)", Video, 0, "\u0030\u0026\u00B2\u0075\u008E\u0066\u00CF\u0011"),
        new("IVF", Video, 0, "DKIF"),
        new("YUV4MPEG", Video, 0, "YUV4MPEG2"),
        new("NUT", Video, 0, "nut/multimedia container"),
        new("H.264 or HEVC without a container", Video, 0, "\0\0\0\u0001\u0067"),
        new("H.264 or HEVC without a container", Video, 0, "\0\0\0\u0001\u0009"),
        new("H.264 or HEVC without a container", Video, 0, "\0\0\0\u0001\u0040"),
        new("DV", Video, 0, "\u001F\u0007\0"),
    ];

    /// <summary>The names of the pictures that are recognised.</summary>
    public static IReadOnlyList<string> Pictures { get; } =
        [.. Names(Picture), "Netpbm (PBM, PGM, PPM)", Targa, "camera raw (DNG, NEF, ARW, CR2 and their like)", .. Names(Develop)];

    /// <summary>The names of the videos and sound that are recognised.</summary>
    public static IReadOnlyList<string> Recordings { get; } =
        [.. Names(Video), .. Names(Sound), "MPEG layer I and II", "AAC without a container"];

    /// <summary>Why a file is refused, or null when it is none of these.</summary>
    public static string? Find(ReadOnlySpan<byte> head)
    {
        foreach (var signature in Signatures)
        {
            if (signature.Fits(head))
                return signature.Sentence;
        }

        if (IsNetpbm(head))
            return Say(Picture, "Netpbm (PBM, PGM, PPM)");
        if (IsTarga(head))
            return Say(Picture, Targa);
        if (IsLayerTwo(head))
            return Say(Sound, "MPEG layer I or II (MP1, MP2)");
        return IsAdts(head) || IsTaggedAac(head) ? Say(Sound, "AAC") : null;
    }

    /// <summary>Why a TIFF file that holds a sensor's values is refused.</summary>
    /// <param name="head">The start of the file.</param>
    public static string Raw(ReadOnlySpan<byte> head)
    {
        var name = head.Length >= 10 && head[8..10].SequenceEqual("CR"u8) ? "Canon CR2" : "such as DNG, NEF or ARW";
        return Say(Develop, name);
    }

    /// <summary>Whether it is AAC behind a tag that MP3 has too.</summary>
    public static bool IsTaggedAac(ReadOnlySpan<byte> head)
    {
        if (head.Length < 10 || !head.StartsWith("ID3"u8))
            return false;
        var end = 10 + ((head[6] << 21) | (head[7] << 14) | (head[8] << 7) | head[9]);
        return end < head.Length && IsAdts(head[end..]);
    }

    // A letter, a digit, and a size in digits; those whose samples are digits too are text and read as such.
    private static bool IsNetpbm(ReadOnlySpan<byte> head)
    {
        if (head.Length < 8 || head[0] != 'P' || head[1] is not ((>= (byte)'4' and <= (byte)'7') or (byte)'F' or (byte)'f')
            || head[2] is not ((byte)'\n' or (byte)'\r' or (byte)' '))
        {
            return false;
        }

        var rest = head[3..].TrimStart("\r\n "u8);
        return rest.Length > 0 && (char.IsAsciiDigit((char)rest[0]) || rest[0] == '#' || rest.StartsWith("WIDTH"u8));
    }

    // Nothing but a header whose fields agree: no table of colours, a kind that there is, a size, whole bytes for each pixel.
    private static bool IsTarga(ReadOnlySpan<byte> head) =>
        head.Length > 18 && head[1] == 0 && head[2] is 2 or 3 or 10 or 11 && !head[3..8].ContainsAnyExcept((byte)0)
        && (head[12] | head[13]) > 0 && (head[14] | head[15]) > 0 && head[16] is 8 or 16 or 24 or 32 && (head[17] & 0xC0) == 0;

    // Two headers in a row, as far as the second is within what is looked at.
    private static bool IsLayerTwo(ReadOnlySpan<byte> head)
    {
        if (!IsHeader(head)) return false;
        for (var at = 24; at < Math.Min(head.Length - 4, 4_608); at++)
            if (IsHeader(head[at..]) && head[at + 1] == head[1] && (head[at + 2] & 0x0C) == (head[2] & 0x0C)) return true;
        return false;

        static bool IsHeader(ReadOnlySpan<byte> bytes) => bytes.Length >= 4 && bytes[0] == 0xFF && (bytes[1] & 0xF0) == 0xF0
            && (bytes[1] & 0x06) is 0x04 or 0x06 && (bytes[2] & 0xF0) is not (0x00 or 0xF0) && (bytes[2] & 0x0C) != 0x0C;
    }

    private static IEnumerable<string> Names(string form) =>
        Signatures.Where(signature => signature.Form == form).Select(signature => signature.Name).Distinct();

    private static string Say(string form, string name) => form.Replace("%", name, StringComparison.Ordinal);

    // Twelve sync bits, layer 0 and a sample rate that there is, twice in a row.
    private static bool IsAdts(ReadOnlySpan<byte> head)
    {
        if (!IsAdtsHeader(head))
            return false;
        var length = ((head[3] & 3) << 11) | (head[4] << 3) | (head[5] >> 5);
        return length >= 7 && (length >= head.Length || IsAdtsHeader(head[length..]) || head.Length - length < 7);
    }

    private static bool IsAdtsHeader(ReadOnlySpan<byte> head) =>
        head.Length >= 7 && head[0] == 0xFF && (head[1] & 0xF6) == 0xF0 && (head[2] & 0x3C) < 0x34;

    /// <summary>Bytes at a place; each character is one.</summary>
    private sealed record Signature(string Name, string Form, int At, string Bytes, string Start = "")
    {
        public string Sentence => Say(Form, Name);

        public bool Fits(ReadOnlySpan<byte> head) => Is(head, 0, Start) && Is(head, At, Bytes);

        private static bool Is(ReadOnlySpan<byte> head, int at, string bytes)
        {
            if (head.Length < at + bytes.Length)
                return false;
            for (var index = 0; index < bytes.Length; index++)
            {
                if (head[at + index] != bytes[index])
                    return false;
            }

            return true;
        }
    }
}
