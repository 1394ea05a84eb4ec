using System.Text;

namespace Qwen35Batch.Pipeline.Acquire;

/// <summary>How a text is encoded: by its byte order mark, else strictly valid UTF-8, else Shift_JIS that looks Japanese.</summary>
internal static class TextEncoding
{
    /// <summary>The encoding, or null when the bytes are not text.</summary>
    /// <param name="bytes">The start of the text.</param>
    /// <param name="isWhole">False when a character may be cut at the end.</param>
    public static Encoding? Detect(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        if (bytes.StartsWith<byte>([0xFF, 0xFE]))
            return IfText(bytes[2..], Strict("utf-16"), isWhole);
        if (bytes.StartsWith<byte>([0xFE, 0xFF]))
            return IfText(bytes[2..], Strict("utf-16BE"), isWhole);
        if (bytes.StartsWith<byte>([0xEF, 0xBB, 0xBF]))
            return IfText(bytes[3..], Strict("utf-8"), isWhole);
        if (bytes.IndexOf((byte)0) >= 0)
            return null;
        return IfText(bytes, Strict("utf-8"), isWhole) ?? IfJapanese(bytes, isWhole);
    }

    /// <summary>The text, without byte order mark; a character cut at the end is dropped.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        var preamble = encoding.CodePage switch
        {
            1200 or 1201 => 2,
            65001 when bytes.StartsWith<byte>([0xEF, 0xBB, 0xBF]) => 3,
            _ => 0,
        };
        return Characters(bytes[preamble..], encoding, isWhole: false) ?? "";
    }

    private static Encoding? IfText(ReadOnlySpan<byte> bytes, Encoding encoding, bool isWhole) =>
        Characters(bytes, encoding, isWhole) is { } text && !text.Any(IsUnprintable) ? encoding : null;

    private static Encoding? IfJapanese(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        var encoding = Strict("shift_jis");
        if (Characters(bytes, encoding, isWhole) is not { } text || text.Any(IsUnprintable))
            return null;
        // Most bytes are valid Shift_JIS, Latin-1 texts too: half-width katakana. Kana and kanji must prevail.
        var foreign = text.Count(character => character > 0x7F);
        var japanese = text.Count(character => character is (>= '\u3000' and <= '\u30FF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uFF01' and <= '\uFF5E'));
        return foreign > 0 && japanese * 10 >= foreign * 9 ? encoding : null;
    }

    private static string? Characters(ReadOnlySpan<byte> bytes, Encoding encoding, bool isWhole)
    {
        var decoder = encoding.GetDecoder();
        var characters = new char[encoding.GetMaxCharCount(bytes.Length)];
        try
        {
            return new(characters, 0, decoder.GetChars(bytes, characters, flush: isWhole));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static bool IsUnprintable(char character) => character is < ' ' and not ('\t' or '\n' or '\r' or '\f' or '\v') or '\u007F' or '\uFFFE' or '\uFFFF';

    private static Encoding Strict(string name) =>
        (CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback))
        ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
}
