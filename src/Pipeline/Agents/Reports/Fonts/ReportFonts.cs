using System.Text;

namespace Qwen35Batch.Pipeline.Agents.Reports.Fonts;

/// <summary>
/// The fonts of one report, cut down to its characters. Characters that share a glyph come from two cuts of the font, so that each is
/// copied as it was written.
/// </summary>
internal sealed class ReportFonts : IDisposable
{
    /// <summary>Stands for a character that no font has: the printers' mark for that.</summary>
    public const int Missing = '〓';

    private readonly Dictionary<string, FontFile> _files = [];
    private readonly Dictionary<(bool Heading, int CodePoint), SubsetFont> _fonts = [];
    private readonly List<SubsetFont> _cuts = [];

    private ReportFonts()
    {
    }

    /// <summary>How many different characters are in no font.</summary>
    public int Unprintable { get; private set; }

    /// <summary>Finds a font for every character.</summary>
    /// <param name="language">The language tag.</param>
    /// <param name="text">All texts that are set as text.</param>
    /// <param name="headings">All texts that are set as headings.</param>
    /// <param name="configured">Font files that come first.</param>
    /// <param name="folders">Where fonts are looked for.</param>
    /// <exception cref="ReportException">There is no font for the script of the report.</exception>
    public static ReportFonts Create(
        string language,
        IEnumerable<string> text,
        IEnumerable<string> headings,
        IReadOnlyList<string> configured,
        IReadOnlyList<string> folders)
    {
        var fonts = new ReportFonts();
        try
        {
            var cuts = new SortedDictionary<string, List<Dictionary<uint, int>>>(StringComparer.Ordinal);
            var places = new List<(bool Heading, int CodePoint, string Path, int Cut)>();
            fonts.Choose(false, text, FontFinder.Find(language, false, configured, folders), cuts, places);
            fonts.Choose(true, headings, FontFinder.Find(language, true, configured, folders), cuts, places);
            fonts.Cut(cuts, places);
            return fonts;
        }
        catch
        {
            fonts.Dispose();
            throw;
        }
    }

    /// <summary>The font of a character; null when none has it.</summary>
    public SubsetFont? Find(int codePoint, bool heading) => _fonts.GetValueOrDefault((heading, codePoint));

    public void Dispose()
    {
        foreach (var cut in _cuts) cut.Dispose();
        foreach (var file in _files.Values) file.Dispose();
    }

    private void Choose(
        bool heading,
        IEnumerable<string> texts,
        IReadOnlyList<string> paths,
        SortedDictionary<string, List<Dictionary<uint, int>>> cuts,
        List<(bool Heading, int CodePoint, string Path, int Cut)> places)
    {
        var codePoints = new SortedSet<int>(texts.SelectMany(text => text.EnumerateRunes().Select(rune => rune.Value)))
        {
            ' ', '…', Missing,
        };
        foreach (var codePoint in codePoints)
        {
            if (paths.Select(Open).FirstOrDefault(file => file.Glyph(codePoint) != 0) is not { } file)
            {
                if (IsJapanese(codePoint)) throw NoFont(codePoint);
                if (codePoint != Missing) Unprintable++;
                continue;
            }

            var glyph = file.Glyph(codePoint);
            if (!cuts.TryGetValue(file.Path, out var ofFile)) cuts[file.Path] = ofFile = [];
            var cut = ofFile.FindIndex(taken => !taken.TryGetValue(glyph, out var other) || other == codePoint);
            if (cut < 0)
            {
                cut = ofFile.Count;
                ofFile.Add([]);
            }

            ofFile[cut][glyph] = codePoint;
            places.Add((heading, codePoint, file.Path, cut));
        }
    }

    private void Cut(
        SortedDictionary<string, List<Dictionary<uint, int>>> cuts,
        List<(bool Heading, int CodePoint, string Path, int Cut)> places)
    {
        var made = new Dictionary<(string, int), SubsetFont>();
        foreach (var (path, ofFile) in cuts)
        {
            for (var cut = 0; cut < ofFile.Count; cut++)
            {
                var font = new SubsetFont(_files[path], ofFile[cut].Values);
                _cuts.Add(font);
                made[(path, cut)] = font;
            }
        }

        foreach (var (heading, codePoint, path, cut) in places) _fonts[(heading, codePoint)] = made[(path, cut)];
    }

    private FontFile Open(string path)
    {
        if (!_files.TryGetValue(path, out var file)) _files[path] = file = FontFile.Open(path);
        return file;
    }

    // Hiragana, katakana, and the ideographs that every Japanese font has.
    private static bool IsJapanese(int codePoint) => codePoint is (>= 0x3041 and <= 0x30FE) or '一' or '二' or '三' or '人' or '日' or '本';

    private static ReportException NoFont(int codePoint) => new(
        $"No font for Japanese text was found (such as for '{new Rune(codePoint)}'): install one (apt-get install fonts-ipaexfont), or "
            + "name a TrueType font file in Agent:ReportFonts.");
}
