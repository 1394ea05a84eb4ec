namespace Qwen35Batch.Pipeline.Jobs;

/// <summary>How a prompt names the language of the answer. A table, because the host runs without culture data.</summary>
public static class AnswerLanguage
{
    private const string OfTheMedia = "the main language of the content, or English when it has none";

    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ar"] = "Arabic (العربية)",
        ["bg"] = "Bulgarian (български)",
        ["bn"] = "Bengali (বাংলা)",
        ["ca"] = "Catalan (català)",
        ["cs"] = "Czech (čeština)",
        ["da"] = "Danish (dansk)",
        ["de"] = "German (Deutsch)",
        ["el"] = "Greek (ελληνικά)",
        ["en"] = "English",
        ["en-GB"] = "British English",
        ["en-US"] = "American English",
        ["es"] = "Spanish (español)",
        ["et"] = "Estonian (eesti)",
        ["fa"] = "Persian (فارسی)",
        ["fi"] = "Finnish (suomi)",
        ["fil"] = "Filipino",
        ["fr"] = "French (français)",
        ["ga"] = "Irish (Gaeilge)",
        ["he"] = "Hebrew (עברית)",
        ["hi"] = "Hindi (हिन्दी)",
        ["hr"] = "Croatian (hrvatski)",
        ["hu"] = "Hungarian (magyar)",
        ["id"] = "Indonesian (bahasa Indonesia)",
        ["is"] = "Icelandic (íslenska)",
        ["it"] = "Italian (italiano)",
        ["ja"] = "Japanese (日本語)",
        ["ko"] = "Korean (한국어)",
        ["lt"] = "Lithuanian (lietuvių)",
        ["lv"] = "Latvian (latviešu)",
        ["ms"] = "Malay (bahasa Melayu)",
        ["nb"] = "Norwegian Bokmål (norsk bokmål)",
        ["nl"] = "Dutch (Nederlands)",
        ["no"] = "Norwegian (norsk)",
        ["pl"] = "Polish (polski)",
        ["pt"] = "Portuguese (português)",
        ["pt-BR"] = "Brazilian Portuguese (português do Brasil)",
        ["ro"] = "Romanian (română)",
        ["ru"] = "Russian (русский)",
        ["sk"] = "Slovak (slovenčina)",
        ["sl"] = "Slovenian (slovenščina)",
        ["sr"] = "Serbian (српски)",
        ["sv"] = "Swedish (svenska)",
        ["sw"] = "Swahili (Kiswahili)",
        ["ta"] = "Tamil (தமிழ்)",
        ["te"] = "Telugu (తెలుగు)",
        ["th"] = "Thai (ไทย)",
        ["tr"] = "Turkish (Türkçe)",
        ["uk"] = "Ukrainian (українська)",
        ["ur"] = "Urdu (اردو)",
        ["vi"] = "Vietnamese (Tiếng Việt)",
        ["zh"] = "Chinese (中文)",
        ["zh-CN"] = "Simplified Chinese (简体中文)",
        ["zh-Hans"] = "Simplified Chinese (简体中文)",
        ["zh-Hant"] = "Traditional Chinese (繁體中文)",
        ["zh-TW"] = "Traditional Chinese (繁體中文)",
    };

    /// <summary>
    /// Whether a text is well formed as a BCP 47 tag: parts of letters and digits, joined by hyphens, a language of 2 to 8 letters first.
    /// </summary>
    public static bool IsWellFormed(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        var parts = tag.Split('-');
        return tag.Length <= 35
            && parts[0].Length is >= 2 and <= 8 && parts[0].All(char.IsAsciiLetter)
            && parts.Skip(1).All(part => part.Length is >= 1 and <= 8 && part.All(char.IsAsciiLetterOrDigit));
    }

    /// <summary>The language as it is said to the model.</summary>
    /// <param name="tag">A well-formed tag, or null for the language of the media.</param>
    internal static string Describe(string? tag)
    {
        if (tag is null) return OfTheMedia;
        if (Names.TryGetValue(tag, out var name)) return name;
        return Names.TryGetValue(tag.Split('-')[0], out var language)
            ? $"{language}, as the BCP 47 tag {tag} says"
            : $"the language with the BCP 47 tag {tag}";
    }
}
