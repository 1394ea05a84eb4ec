using System.Globalization;

namespace Qwen35Batch.Pipeline.Agents.Reports;

/// <summary>The words that a report adds, in Japanese or English.</summary>
internal sealed record ReportWords(string Sources, string Fetched, string Pictures, string Untitled, string Missing, bool IsJapanese)
{
    private static readonly ReportWords English = new("Sources", "read", "Pictures", "Untitled", "The picture cannot be shown.", false);
    private static readonly ReportWords Japanese = new("出典", "取得", "図", "無題", "図を表示できません。", true);

    public static ReportWords Of(string language) =>
        language.Equals("ja", StringComparison.OrdinalIgnoreCase) || language.StartsWith("ja-", StringComparison.OrdinalIgnoreCase)
            ? Japanese
            : English;

    public string Dropped(int count) => (IsJapanese, count) switch
    {
        (true, _) => $"根拠となるメモが見つからなかったため、{Number(count)}個の段落を削除しました。",
        (_, 1) => "1 paragraph was dropped, because no note carried it.",
        _ => $"{Number(count)} paragraphs were dropped, because no note carried them.",
    };

    public string Withheld(int count) => IsJapanese
        ? $"読んだページの文や語のうち{Number(count)}個は伏せました（語は「(…)」で示します）。指示を含むか、一つのサイトだけにある名前・記号・引用で、ほかに裏付けがないためです。"
        : $"{Number(count)} sentences and words of the pages that were read are withheld; a word is shown as (…). They order something, or "
            + "one site alone has the name, code or quotation, and nothing confirms it.";

    public string Unprintable(int count) => (IsJapanese, count) switch
    {
        (true, _) => $"使用できるフォントにない文字が{Number(count)}個あり、〓で示しました。",
        (_, 1) => "1 character is in no font that is installed here and is shown as 〓.",
        _ => $"{Number(count)} characters are in no font that is installed here and are shown as 〓.",
    };

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
