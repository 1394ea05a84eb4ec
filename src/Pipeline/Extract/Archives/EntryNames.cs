using System.Text;
using Qwen35Batch.Pipeline.Acquire.Formats;

namespace Qwen35Batch.Pipeline.Extract.Archives;

/// <summary>Names of files in archives: how their bytes are read, and which of them a job can have.</summary>
internal static class EntryNames
{
    private static readonly string[] SystemFiles = ["thumbs.db", "desktop.ini"];

    /// <summary>
    /// A name that does not say its encoding: UTF-8 if it is, else Shift_JIS, as Windows writes it in Japan, else that of DOS.
    /// </summary>
    public static string Decode(byte[] bytes, int start, int length)
    {
        var name = bytes.AsSpan(start, length).ToArray();
        return Read(name, "utf-8") ?? (Read(name, "shift_jis") is { } text && IsJapanese(text) ? text : Read(name, "ibm437") ?? "");
    }

    /// <summary>Whether it is a folder's or a file's that a file system keeps for itself, such as those of a Mac.</summary>
    public static bool IsOfSystem(string name) =>
        name.Split('/').Any(step => step is "__MACOSX" || (step.StartsWith('.') && step is not ("." or "..")))
        || SystemFiles.Contains(name[(name.LastIndexOf('/') + 1)..].ToLowerInvariant());

    /// <summary>Why no job can have a name, in words that follow it; null when one can.</summary>
    public static string? Problem(string name, int longest)
    {
        if (name.Length > longest)
            return FormattableString.Invariant($"has a name of more than {longest} characters");
        if (name.Any(char.IsControl))
            return "has control characters in its name";
        var isDrive = name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0]);
        return name.StartsWith('/') || isDrive || name.Split('/').Any(step => step is ".." or "." or "")
            ? "has a name that leads out of the archive"
            : null;
    }

    private static string? Read(byte[] name, string encoding)
    {
        try
        {
            return TextEncoding.Strict(encoding).GetString(name);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // An accented letter and the one behind it are a character of Shift_JIS, too: but among Latin letters.
    private static bool IsJapanese(string text) => Enumerable.Range(0, text.Length).Any(at =>
        text[at] > 0x7F && (at == 0 || !char.IsAsciiLetter(text[at - 1])) && (at + 1 == text.Length || !char.IsAsciiLetter(text[at + 1])));

    /// <summary>A name as it may be shown.</summary>
    public static string Shown(string name)
    {
        const int most = 200;
        var harmless = string.Concat(name.Select(character => char.IsControl(character) ? '\uFFFD' : character));
        return harmless.Length <= most ? harmless : string.Concat(harmless.AsSpan(0, most), "…");
    }
}
