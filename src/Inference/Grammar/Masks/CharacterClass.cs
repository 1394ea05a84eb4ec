using System.Text;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>Kinds of characters that patterns tell apart most often, so few that a set of them is one number.</summary>
internal static class CharacterClass
{
    public const int Count = 64;

    private const int Letters = 26;
    private const int Digit = 2 * Letters;
    private const int OtherAscii = Digit + 1;
    private const int Control = OtherAscii + 1;
    private const int OtherSpace = Control + 1;
    private const int OtherLetter = OtherSpace + 1;
    private const int Other = OtherLetter + 1;
    private const int Single = Other + 1;
    private const string Singles = " -_./:";

    /// <summary>The kind of a character, below <see cref="Count"/>.</summary>
    public static int Of(int codePoint) => codePoint switch
    {
        >= 'a' and <= 'z' => codePoint - 'a',
        >= 'A' and <= 'Z' => Letters + codePoint - 'A',
        >= '0' and <= '9' => Digit,
        < ' ' or 0x7F => Control,
        > 0x7F when CodePointSet.Spaces.Ranges.Any(range => range.Low <= codePoint && codePoint <= range.High) => OtherSpace,
        > 0x7F => Rune.IsLetter(new Rune(codePoint)) ? OtherLetter : Other,
        _ => Singles.IndexOf((char)codePoint, StringComparison.Ordinal) is var at and >= 0 ? Single + at : OtherAscii,
    };
}
