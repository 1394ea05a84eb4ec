namespace Qwen35Batch.Pipeline.Agents.Reports.Fonts;

/// <summary>Finds the fonts of reports: those of the settings first, then those that packages and systems are known to install.</summary>
internal static class FontFinder
{
    private static readonly string[] JapaneseText = ["ipaexm.ttf", "ipam.ttf", "VL-PGothic-Regular.ttf"];
    private static readonly string[] JapaneseHeadings = ["ipaexg.ttf", "ipag.ttf", "VL-PGothic-Regular.ttf"];
    private static readonly string[] WesternText = ["DejaVuSerif.ttf", "LiberationSerif-Regular.ttf", "times.ttf", "Times New Roman.ttf"];
    private static readonly string[] WesternHeadings =
        ["DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "arialbd.ttf", "Arial Bold.ttf"];

    // What the others lack: systems that have none of them, and scripts that they do not know.
    private static readonly string[] Others =
    [
        "ipaexg.ttf", "VL-PGothic-Regular.ttf", "YuGothM.ttc", "msgothic.ttc", "Arial Unicode.ttf", "DejaVuSans.ttf",
        "LiberationSans-Regular.ttf", "arial.ttf", "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf",
    ];

    private static readonly EnumerationOptions Walk = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        MaxRecursionDepth = 6,
        MatchCasing = MatchCasing.CaseInsensitive,
    };

    /// <summary>The folders where systems keep their fonts.</summary>
    public static IReadOnlyList<string> Folders { get; } =
    [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/Library/Fonts",
        "/System/Library/Fonts",
        Environment.GetFolderPath(Environment.SpecialFolder.Fonts),
    ];

    /// <summary>The files in the order in which a character is looked for, for text or for headings.</summary>
    public static IReadOnlyList<string> Find(
        string language, bool headings, IReadOnlyList<string> configured, IReadOnlyList<string> folders)
    {
        var japanese = headings ? JapaneseHeadings : JapaneseText;
        var western = headings ? WesternHeadings : WesternText;
        var eastAsian = new[] { "ja", "zh", "ko" }.Contains(language.Split('-')[0], StringComparer.OrdinalIgnoreCase);
        string[] names = eastAsian ? [.. japanese, .. western, .. Others] : [.. western, .. japanese, .. Others];
        var installed = folders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.tt?", Walk))
            .Order(StringComparer.Ordinal)
            .GroupBy(file => Path.GetFileName(file), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.OrdinalIgnoreCase);
        return
        [
            .. configured.Concat(names.Select(name => installed.GetValueOrDefault(name)).OfType<string>())
                .Distinct(StringComparer.Ordinal)
        ];
    }
}
