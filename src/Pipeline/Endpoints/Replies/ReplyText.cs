using System.Text;

namespace Qwen35Batch.Pipeline.Endpoints.Replies;

/// <summary>Reads a reply's bytes as text.</summary>
internal static class ReplyText
{
    private const int MostShown = 600;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The text, without a byte order mark. Half a surrogate pair, which some servers write as if it were a character, becomes U+FFFD.
    /// </summary>
    /// <returns>Null when it is not UTF-8.</returns>
    public static string? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
        return DecodeStrictly(bytes) ?? DecodeStrictly(WithoutSurrogates(bytes));
    }

    /// <summary>The same for what is only shown to a person: what cannot be read becomes U+FFFD.</summary>
    public static string DecodeAnyway(ReadOnlySpan<byte> bytes) => Decode(bytes) ?? Encoding.UTF8.GetString(bytes);

    /// <summary>The first characters, in one line, for a person.</summary>
    public static string Excerpt(string text, int most = MostShown)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= most ? line : line[..most] + "…";
    }

    private static string? DecodeStrictly(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // U+D800 to U+DFFF in the form of UTF-8: ED, A0 to BF, 80 to BF. U+FFFD has three bytes too.
    private static byte[] WithoutSurrogates(ReadOnlySpan<byte> bytes)
    {
        var repaired = bytes.ToArray();
        for (var i = 0; i + 2 < repaired.Length; i++)
        {
            if (repaired[i] != 0xED || repaired[i + 1] is < 0xA0 or > 0xBF || repaired[i + 2] is < 0x80 or > 0xBF) continue;
            "\uFFFD"u8.CopyTo(repaired.AsSpan(i));
            i += 2;
        }

        return repaired;
    }
}
