using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>Which of a file's subtitle tracks is read: that of the answer's language, else the file's default, else the first.</summary>
internal static class SubtitleChoice
{
    // ISO 639-2 has two codes for some languages. A table, because the host runs without culture data.
    private static readonly string[][] Codes =
    [
        .. new[]
        {
            "ar ara", "bg bul", "bn ben", "ca cat", "cs ces cze", "da dan", "de deu ger", "el ell gre", "en eng", "es spa", "et est",
            "fa fas per", "fi fin", "fr fra fre", "he heb", "hi hin", "hr hrv", "hu hun", "id ind", "is isl ice", "it ita", "ja jpn",
            "ko kor", "lt lit", "lv lav", "ms msa may", "nb nob nor", "nl nld dut", "no nor nob", "pl pol", "pt por", "ro ron rum",
            "ru rus", "sk slk slo", "sl slv", "sr srp", "sv swe", "ta tam", "te tel", "th tha", "tr tur", "uk ukr", "ur urd",
            "vi vie", "zh zho chi",
        }.Select(codes => codes.Split(' ')),
    ];

    /// <summary>The track, or null when there is none.</summary>
    /// <param name="tracks">The tracks of text.</param>
    /// <param name="language">The language of the answer as a BCP 47 tag, or null.</param>
    public static TextTrack? Choose(IReadOnlyList<TextTrack>? tracks, string? language) =>
        tracks?.FirstOrDefault(track => language is not null && IsIn(track.Language, language))
        ?? tracks?.FirstOrDefault(track => track.IsDefault)
        ?? (tracks is [var first, ..] ? first : null);

    private static bool IsIn(string? tag, string language)
    {
        var wanted = language.Split('-')[0];
        var given = tag?.Split('-')[0] ?? "";
        return given.Equals(wanted, StringComparison.OrdinalIgnoreCase)
            || Codes.Any(codes =>
                codes[0].Equals(wanted, StringComparison.OrdinalIgnoreCase) && codes.Contains(given, StringComparer.OrdinalIgnoreCase));
    }
}
