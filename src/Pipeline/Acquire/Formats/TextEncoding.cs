using System.Text;
using UtfUnknown;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>How a text is encoded.</summary>
/// <param name="Encoding">Throws for bytes that are none of its characters.</param>
/// <param name="IsGuess">True when neither a byte order mark nor strict UTF-8 says so.</param>
internal sealed record DetectedEncoding(Encoding Encoding, bool IsGuess)
{
    /// <summary>Its name, such as <c>euc-jp</c>.</summary>
    public string Name => Encoding.WebName;
}

/// <summary>
/// Finds a text's encoding: by its byte order mark, else strictly valid UTF-8, else one of the older encodings in which all of
/// it can be read and what is read looks like its language.
/// </summary>
internal static class TextEncoding
{
    private const int GuessedBytes = 1 << 16;
    private const float Convincing = 0.7f;

    // What detection takes for another encoding of the same letters, and what such files really are.
    private static readonly Dictionary<string, string> Usual = new(StringComparer.OrdinalIgnoreCase)
    {
        ["x-mac-cyrillic"] = "windows-1251",
        ["iso-8859-1"] = "windows-1252",
        ["iso-8859-10"] = "windows-1252",
        ["iso-8859-9"] = "windows-1254",
        ["gb2312"] = "gb18030",
        ["cp949"] = "ks_c_5601-1987",
    };

    /// <summary>The encoding, or null when the bytes are not text in any encoding that is known.</summary>
    /// <param name="bytes">The start of the text.</param>
    /// <param name="isWhole">False when a character may be cut at the end.</param>
    public static DetectedEncoding? Detect(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        if (bytes.StartsWith<byte>([0xFF, 0xFE, 0, 0]))
            return IfDeclared(bytes[4..], "utf-32", isWhole);
        if (bytes.StartsWith<byte>([0, 0, 0xFE, 0xFF]))
            return IfDeclared(bytes[4..], "utf-32BE", isWhole);
        if (bytes.StartsWith<byte>([0xFF, 0xFE]))
            return IfDeclared(bytes[2..], "utf-16", isWhole);
        if (bytes.StartsWith<byte>([0xFE, 0xFF]))
            return IfDeclared(bytes[2..], "utf-16BE", isWhole);
        if (bytes.StartsWith<byte>([0xEF, 0xBB, 0xBF]))
            return IfDeclared(bytes[3..], "utf-8", isWhole);
        if (WideText(bytes) is { } wide && Characters(bytes, Strict(wide), isWhole) is { } text && !text.Any(character => character == 0))
            return new(Strict(wide), IsGuess: true);
        return Switched(bytes, isWhole)
            ?? WideLetters(bytes, isWhole)
            ?? IfDeclared(bytes, "utf-8", isWhole)
            ?? (IsMostlyUtf8(bytes) ? new DetectedEncoding(Strict("utf-8"), IsGuess: true) : null)
            ?? Guess(bytes, isWhole);
    }

    /// <summary>
    /// The encoding that a text declares; null when it declares none, or when the text is not in it. What has a byte order mark, or is
    /// UTF-8 beyond ASCII, is what it is.
    /// </summary>
    /// <param name="bytes">All of the text.</param>
    /// <param name="name">The declared name, or null.</param>
    public static DetectedEncoding? Declared(ReadOnlySpan<byte> bytes, string? name)
    {
        name = name is null ? null : Usual.GetValueOrDefault(name, name);
        var isOther = bytes.StartsWith<byte>([0xFF, 0xFE]) || bytes.StartsWith<byte>([0xFE, 0xFF])
            || (bytes.ContainsAnyInRange((byte)0x80, (byte)0xFF) && IfDeclared(bytes, "utf-8", isWhole: true) is not null);
        return name is null || isOther || Find(name) is not { } encoding || encoding.CodePage is 1200 or 1201 or 12000 or 12001 or 65000
            ? null
            : IfDeclared(bytes, encoding.WebName, isWhole: true);
    }

    /// <summary>
    /// The text, without byte order mark; a character cut at the end is dropped. Empty when it is not all in the encoding.
    /// </summary>
    public static string Decode(ReadOnlySpan<byte> bytes, Encoding encoding) =>
        Characters(bytes[Preamble(bytes, encoding)..], encoding, isWhole: false) ?? "";

    /// <summary>The same, with U+FFFD in the place of what is no character of the encoding.</summary>
    public static string DecodeAnyway(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        var lenient = (Encoding)encoding.Clone();
        lenient.DecoderFallback = new DecoderReplacementFallback("\uFFFD");
        return lenient.GetString(bytes[Preamble(bytes, encoding)..]);
    }

    private static int Preamble(ReadOnlySpan<byte> bytes, Encoding encoding) => encoding.CodePage switch
    {
        1200 when bytes.StartsWith<byte>([0xFF, 0xFE]) => 2,
        1201 when bytes.StartsWith<byte>([0xFE, 0xFF]) => 2,
        12000 when bytes.StartsWith<byte>([0xFF, 0xFE, 0, 0]) => 4,
        12001 when bytes.StartsWith<byte>([0, 0, 0xFE, 0xFF]) => 4,
        65001 when bytes.StartsWith<byte>([0xEF, 0xBB, 0xBF]) => 3,
        _ => 0,
    };

    // A log of several programs, a file that was cut and joined: its characters of several bytes can be no accident.
    private static bool IsMostlyUtf8(ReadOnlySpan<byte> bytes)
    {
        var (whole, broken) = (0, 0);
        for (var at = 0; at < bytes.Length;)
        {
            var isWhole = Rune.DecodeFromUtf8(bytes[at..], out var rune, out var length) == System.Buffers.OperationStatus.Done;
            whole += isWhole && rune.Value > 0x7F ? 1 : 0;
            broken += isWhole ? 0 : 1;
            at += length;
        }

        return whole >= 4 && whole >= broken * 4;
    }

    private static DetectedEncoding? IfDeclared(ReadOnlySpan<byte> bytes, string name, bool isWhole) =>
        Strict(name) is var encoding && Characters(bytes, encoding, isWhole) is not null ? new(encoding, IsGuess: false) : null;

    private static DetectedEncoding? Guess(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        if (bytes.Length > GuessedBytes)
        {
            bytes = bytes[..GuessedBytes];
            isWhole = false;
        }

        return If(bytes, "shift_jis", isWhole, IsJapanese)
            ?? If(bytes, "shift_jis", isWhole, IsHalfWidthKana)
            ?? Detected(bytes, isWhole)
            ?? If(bytes, "euc-jp", isWhole, IsJapanese)
            ?? If(bytes, "ks_c_5601-1987", isWhole, IsKorean)
            ?? If(bytes, "gb18030", isWhole, IsChinese)
            ?? If(bytes, "windows-1251", isWhole, IsCyrillic)
            ?? If(bytes, "koi8-r", isWhole, IsCyrillic)
            ?? If(bytes, "windows-1252", isWhole, IsWestern);
    }

    private static DetectedEncoding? Detected(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        foreach (var found in CharsetDetector.DetectFromBytes(bytes.ToArray()).Details ?? [])
        {
            var name = Usual.GetValueOrDefault(found.EncodingName, found.EncodingName);
            if (found.Confidence >= Convincing && name is not ("ascii" or "utf-8" or "utf-7") && Find(name) is not null
                && If(bytes, name, isWhole, text => name != "windows-1252" || IsWestern(text)) is { } encoding)
            {
                return encoding;
            }
        }

        return null;
    }

    private static DetectedEncoding? If(ReadOnlySpan<byte> bytes, string name, bool isWhole, Func<string, bool> isPlausible)
    {
        var encoding = Strict(name);
        return Characters(bytes, encoding, isWhole) is { } text && !text.Any(IsNoLetter) && isPlausible(text)
            && (encoding.IsSingleByte || !IsAmongLetters(text))
            ? new(encoding, IsGuess: true)
            : null;
    }

    // Most bytes are valid Shift_JIS, those of Latin-1 texts too: half-width katakana. Kana and kanji must prevail.
    private static bool IsJapanese(string text) => Share(text, character =>
        character is (>= '\u3000' and <= '\u30FF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uFF01' and <= '\uFF5E'))
        && (text.Any(character => character is >= '\u3041' and <= '\u30FE')
            || Share(text, character => character is >= '\u4E00' and <= '\u9FFF'));

    // Files of banks: one such letter never stands alone, as an accented letter of a Latin-1 text does.
    private static bool IsHalfWidthKana(string text)
    {
        return Share(text, character => IsKana(character) || character is (>= '\u3000' and <= '\u30FF') or (>= '\u4E00' and <= '\u9FFF'))
            && WordLength(text, IsKana) >= 2;

        static bool IsKana(char character) => character is >= '\uFF61' and <= '\uFF9F';
    }

    // An accented letter and the one behind it look like a character of two bytes, but one that stands within a Latin word.
    private static bool IsAmongLetters(string text)
    {
        var (all, among) = (0, 0);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] <= 0x7F)
                continue;
            all++;
            among += at > 0 && at + 1 < text.Length && char.IsAsciiLetter(text[at - 1]) && char.IsAsciiLetter(text[at + 1]) ? 1 : 0;
        }

        return among * 2 > all;
    }

    private static bool IsKorean(string text) => Share(text, character => character is >= '\uAC00' and <= '\uD7A3');

    private static bool IsChinese(string text) =>
        Share(
            text,
            character => character is (>= '\u3000' and <= '\u303F') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uFF01' and <= '\uFF5E'));

    // The older encodings of Cyrillic have each other's small letters where they have their own capitals.
    private static bool IsCyrillic(string text) => Share(text, character => character is >= '\u0400' and <= '\u045F')
        && text.Count(
            character => character is >= '\u0430' and <= '\u045F') > text.Count(character => character is >= '\u0400' and <= '\u042F')
        && WordLength(text, character => character is >= '\u0400' and <= '\u045F') >= 2;

    private static bool IsWestern(string text)
    {
        var foreign = text.Where(character => character > 0x7F).ToList();
        return foreign.Count * 4 <= text.Length + 12
            && foreign.Count(
                character =>
                    char.IsLetter(character) || "€‚„…‘’“”–—•™£§©®°±²³µ·¹»«¿¡½¼¾×÷ªº¢¥\u00A0".Contains(character, StringComparison.Ordinal))
                        * 10 >= foreign.Count * 9;
    }

    // How many letters stand together: the accented letters of another encoding stand alone.
    private static double WordLength(string text, Func<char, bool> isLetter)
    {
        var words = text.Split([.. text.Where(character => !isLetter(character)).Distinct()], StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? 0 : words.Average(word => word.Length);
    }

    private static bool Share(string text, Func<char, bool> isOwn)
    {
        var foreign = text.Count(character => character > 0x7F);
        return foreign > 0 && text.Count(isOwn) * 10 >= foreign * 9;
    }

    // UTF-16 without its mark: of a text in Latin letters, every other byte is zero.
    private static string? WideText(ReadOnlySpan<byte> bytes)
    {
        var pairs = bytes.Length / 2;
        if (pairs < 4)
            return null;
        var (even, odd) = (0, 0);
        for (var at = 0; at < pairs * 2; at += 2)
        {
            even += bytes[at] == 0 ? 1 : 0;
            odd += bytes[at + 1] == 0 ? 1 : 0;
        }

        return odd * 10 >= pairs * 4 && even * 20 < pairs ? "utf-16" : even * 10 >= pairs * 4 && odd * 20 < pairs ? "utf-16BE" : null;
    }

    // The same of a text in other letters: only its spaces, digits and line ends have a zero, and that on one side.
    private static DetectedEncoding? WideLetters(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        if (bytes.IndexOf((byte)0) is not (>= 0 and var zero) || (isWhole && bytes.Length % 2 > 0)) return null;
        var name = zero % 2 == 1 ? "utf-16" : "utf-16BE";
        return If(
            bytes,
            name,
            isWhole,
            text => !text.Contains('\0', StringComparison.Ordinal)
                && (IsJapanese(text) || IsKorean(text) || IsChinese(text) || IsCyrillic(text)));
    }

    // ISO-2022-JP is ASCII but for the escape sequences that switch to Japanese, which no terminal is sent.
    private static DetectedEncoding? Switched(ReadOnlySpan<byte> bytes, bool isWhole) =>
        bytes.IndexOf("\e$B"u8) >= 0 || bytes.IndexOf("\e$@"u8) >= 0 ? IfDeclared(bytes, "iso-2022-jp", isWhole) : null;

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

    private static bool IsNoLetter(char character) =>
        character is (>= '\u0080' and <= '\u009F') or (>= '\uE000' and <= '\uF8FF') or '\uFFFE' or '\uFFFF';

    /// <summary>An encoding that throws for bytes that are none of its characters.</summary>
    public static Encoding Strict(string name) => Find(name) ?? throw new NotSupportedException($"The encoding '{name}' is not known.");

    private static Encoding? Find(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(
                name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
