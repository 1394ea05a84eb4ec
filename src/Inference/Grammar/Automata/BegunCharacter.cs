namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>A character of several bytes in UTF-8 of which not all are there.</summary>
/// <param name="Length">The bytes that it has.</param>
/// <param name="Left">The bytes that are missing.</param>
/// <param name="Bits">What the others say of its code point.</param>
internal readonly record struct BegunCharacter(int Length, int Left, int Bits)
{
    // Fewer bytes write what is below.
    private static readonly int[] LowestOfLength = [0, 0, 0x80, 0x800, 0x10000];

    /// <summary>The character that a byte begins, or null where it is all of one, or begins none.</summary>
    public static BegunCharacter? Of(byte first) => first switch
    {
        >= 0xC2 and <= 0xDF => new(2, 1, first & 0x1F),
        >= 0xE0 and <= 0xEF => new(3, 2, first & 0x0F),
        >= 0xF0 and <= 0xF4 => new(4, 3, first & 0x07),
        _ => null,
    };

    /// <summary>The same with one more byte, or null where that cannot follow.</summary>
    public BegunCharacter? With(byte next) => (next & 0xC0) == 0x80 ? new(Length, Left - 1, (Bits << 6) | (next & 0x3F)) : null;

    /// <summary>The code point once no byte is missing; negative where it is none.</summary>
    public int CodePoint => Bits < LowestOfLength[Length] ? -1 : Bits;
}
