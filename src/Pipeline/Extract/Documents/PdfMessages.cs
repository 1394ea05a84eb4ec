using System.Text.RegularExpressions;
using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>
/// What poppler's complaints say of a page. It exits with 0 although it could draw nothing; its warnings concern what it
/// repaired, its errors what is missing.
/// </summary>
internal static partial class PdfMessages
{
    private const int LongestQuote = 120;

    // Errors of a document's structure that do not concern what is drawn.
    private static readonly string[] Harmless =
    [
        "Invalid XRef entry", "No valid XRef size", "Couldn't find trailer dictionary", "Couldn't read xref table",
        "Bad annotation destination",
        "Expected the optional content group", "Annotation rectangle", "insufficient arguments for Marked Content", "Unknown annotation",
        "Invalid link", "Could not parse ligature component", "Bad bounding box in Type 3 glyph", "Illegal annotation",
    ];

    /// <summary>What a reader of the page must know.</summary>
    /// <param name="messages">What a tool wrote on standard error.</param>
    public static IReadOnlyList<ReadingNote> Notes(string messages)
    {
        var notes = new List<ReadingNote>();
        var language = LanguagePack().Match(messages);
        if (language.Success)
        {
            notes.Add(ReadingNote.Gap(
                $"Text in fonts of {language.Groups[1].Value} that are not embedded in the PDF could not be drawn nor read: install "
                    + "poppler-data (Debian and Ubuntu: apt-get install poppler-data) and a font of that script."));
        }

        var errors = messages.Split('\n')
            .Where(line => IsError(line) && !Harmless.Any(each => line.Contains(each, StringComparison.OrdinalIgnoreCase)))
            .Where(line => !language.Success || !IsOfFont(line))
            .ToList();
        if (errors.FirstOrDefault(
            line =>
                line.Contains("font file", StringComparison.OrdinalIgnoreCase)
                    || line.Contains("display font", StringComparison.OrdinalIgnoreCase)) is { } font)
        {
            notes.Add(ReadingNote.Gap($"A font of the page is missing, and its text may not be drawn ({Quote(font)})."));
        }
        else if (errors.Count > 0)
        {
            notes.Add(ReadingNote.Gap(
                $"The page is damaged, and parts of it may be missing from its picture or text ({Quote(errors[0])})."));
        }

        return notes;
    }

    // Splash says nothing but this when there is too little memory to draw, and goes on.
    private static bool IsError(string line) =>
        line.Contains("Error", StringComparison.Ordinal)
            || line.Contains("Out of memory", StringComparison.Ordinal)
            || line.StartsWith("Bogus memory", StringComparison.Ordinal);

    // What follows from a missing language pack.
    private static bool IsOfFont(string line) =>
        line.Contains("language pack", StringComparison.Ordinal) || line.Contains("Unknown font tag", StringComparison.Ordinal)
        || line.Contains("No font in show", StringComparison.Ordinal)
            || line.Contains("Unknown character collection", StringComparison.Ordinal)
            || line.Contains("CMap", StringComparison.OrdinalIgnoreCase);

    private static string Quote(string line)
    {
        line = line.Trim();
        return line.Length <= LongestQuote ? line : line[..LongestQuote] + "…";
    }

    [GeneratedRegex("Missing language pack for '([^'\n]{1,40})'")]
    private static partial Regex LanguagePack();
}
