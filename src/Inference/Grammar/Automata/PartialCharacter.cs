namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>The first bytes of a character in UTF-8.</summary>
/// <param name="Length">The bytes of the whole character.</param>
/// <param name="Missing">Those that are still to come.</param>
/// <param name="Bits">What the bytes so far say of the character.</param>
internal readonly record struct PartialCharacter(int Length, int Missing, int Bits)
{
    /// <summary>What a first byte says, or null when it is no first byte of several.</summary>
    public static PartialCharacter? Begin(byte first) => first switch
    {
        >= 0xC2 and <= 0xDF => new(2, 1, first & 0x1F),
        >= 0xE0 and <= 0xEF => new(3, 2, first & 0x0F),
        >= 0xF0 and <= 0xF4 => new(4, 3, first & 0x07),
        _ => null,
    };

    /// <summary>With one more byte, or null when it cannot follow: no overlong forms, no surrogates, nothing above U+10FFFF.</summary>
    public PartialCharacter? With(byte next)
    {
        if ((next & 0xC0) != 0x80)
            return null;
        var longer = new PartialCharacter(Length, Missing - 1, (Bits << 6) | (next & 0x3F));
        var (low, high) = (longer.Bits << (6 * longer.Missing), ((longer.Bits + 1) << (6 * longer.Missing)) - 1);
        var least = Length switch { 2 => 0x80, 3 => 0x800, _ => 0x10000 };
        return high < least || low > 0x10FFFF || (low >= 0xD800 && high <= 0xDFFF) ? null : longer;
    }
}
