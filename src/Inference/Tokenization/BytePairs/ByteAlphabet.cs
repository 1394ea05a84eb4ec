namespace Qwen35Batch.Inference.Tokenization.BytePairs;

/// <summary>
/// The letters that stand for bytes in a byte-level vocabulary: printable Latin-1 as it is, the other 68 bytes from U+0100 on.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Letters = CreateLetters();
    private static readonly Dictionary<char, byte> Bytes = Enumerable.Range(0, 256).ToDictionary(b => Letters[b], b => (byte)b);

    /// <summary>The letter of a byte.</summary>
    public static char Letter(int value) => Letters[value];

    /// <summary>The bytes that a token of the vocabulary writes, or null when it is not written in this alphabet.</summary>
    public static byte[]? ToBytes(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (!Bytes.TryGetValue(token[i], out bytes[i]))
                return null;
        }

        return bytes;
    }

    private static char[] CreateLetters()
    {
        var letters = new char[256];
        var next = (char)0x100;
        for (var b = 0; b < 256; b++)
            letters[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)b : next++;
        return letters;
    }
}
