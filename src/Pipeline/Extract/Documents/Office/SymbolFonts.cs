using System.Globalization;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>Characters of fonts that have pictures in the places of letters, as the characters that they show.</summary>
internal static class SymbolFonts
{
    // Adobe's Symbol encoding from 0x20; a space where it has nothing that Unicode names.
    private const string Symbol =
        " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼ "
        + "                                 ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈… ⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪ 〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭ "
        + "";

    private static readonly Dictionary<int, char> Wingdings = Places(
        "21✏ 22✂ 28☎ 29✆ 2A✉ 36⌛ 3E✇ 3F✍ 41✌ 43☞ 45☜ 46☞ 47☝ 48☟ 4A☺ 4C☹ 4E☠ 51✈ 52☼ 54❄ 6C● 6D❍ 6E■ 6F☐ 70☐ "
        + "71❑ 72❒ 75◆ 76❖ 77◆ 9F• A1○ A2○ A4◉ A6❍ A7▪ A8☐ AA✦ AB★ D8➢ DF← E0→ E1↑ E2↓ E8➔ EF⇦ F0⇨ F1⇧ F2⇩ FB☒ "
        + "FC✓ FD☒ FE☑ 80⓪ 81① 82② 83③ 84④ 85⑤ 86⑥ 87⑦ 88⑧ 89⑨ 8A⑩");

    private static readonly Dictionary<int, char> Wingdings2 = Places(
        "4F✗ 50✓ 51☒ 52☑ 53☒ 54☒ 56⊗ A3☐ A2■");

    /// <summary>A text as it shows in a font.</summary>
    /// <param name="text">Its characters, in the places that the font gives them (from U+0020 or from U+F020).</param>
    /// <param name="font">The font's name, or null.</param>
    public static string Translate(string text, string? font) => font?.Trim().ToUpperInvariant() switch
    {
        "SYMBOL" =>
            string.Concat(
                text.Select(
                    character =>
                        Code(character) is >= 0x20 and < 0x100 and var code && code - 0x20 < Symbol.Length && Symbol[code - 0x20] != ' '
                            ? Symbol[code - 0x20]
                            : character)),
        "WINGDINGS" => string.Concat(text.Select(character => Wingdings.GetValueOrDefault(Code(character), Unknown(character)))),
        "WINGDINGS 2" => string.Concat(text.Select(character => Wingdings2.GetValueOrDefault(Code(character), Unknown(character)))),
        "WINGDINGS 3" or "WEBDINGS" => string.Concat(text.Select(Unknown)),
        _ => text,
    };

    // Each place in hexadecimal, then what stands there.
    private static Dictionary<int, char> Places(string places) =>
        places.Split(' ')
            .ToDictionary(place => int.Parse(place.AsSpan(0, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture), place => place[2]);

    private static int Code(char character) => character is >= '\uF000' and <= '\uF0FF' ? character - 0xF000 : character;

    // A picture of which only the place in its font is known says nothing to a reader but that there is one.
    private static char Unknown(char character) => Code(character) is > 0x20 and <= 0xFF ? '\u25A1' : character;
}
