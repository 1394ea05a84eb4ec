using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>Takes out of a text what terminals and old systems put between its letters.</summary>
internal static partial class ControlCharacters
{
    // Above this share, what could be decoded is probably no text.
    private const double MostOfAText = 0.05;
    private const double MostOfAnything = 0.2;

    /// <summary>The text without escape sequences and control characters, and how many were taken out.</summary>
    public static (string Text, int Removed) Remove(string text)
    {
        if (!text.Any(IsControl))
            return (text, 0);
        var length = text.Length;
        text = EscapeSequence().Replace(text.TrimEnd('\u001A'), "");
        text = string.Concat(text.Where(character => !IsControl(character)));
        return (text, length - text.Length);
    }

    /// <summary>What is wrong with decoded characters, in words that follow the file's name; null when they are text.</summary>
    /// <returns>An empty string when they are nothing like a text.</returns>
    public static string? Problem(string text)
    {
        var left = EscapeSequence().Replace(text.TrimEnd('\u001A'), "");
        var controls = left.Where(IsControl).ToList();
        if (controls.Count <= left.Length * MostOfAText)
            return null;
        return controls.Count > left.Length * MostOfAnything
            ? ""
            : FormattableString.Invariant(
                $"is text of which {controls.Count} in {left.Length} characters are control characters (0x{(int)controls[0]:X2}); ")
                + "save it without them";
    }

    private static bool IsControl(char character) =>
        character is < ' ' and not ('\t' or '\n' or '\r' or '\f' or '\v') or '\u007F' or '\uFFFE' or '\uFFFF';

    // ECMA-48: control sequences, operating system commands up to their end, and two-character escapes.
    [GeneratedRegex(@"\x1B(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1B\n]*(?:\x07|\x1B\\)?|[@-Z\\^_])")]
    private static partial Regex EscapeSequence();
}
