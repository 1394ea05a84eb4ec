using System.Text;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Extract.Documents.Web;

/// <summary>The charset that a page declares of itself.</summary>
internal static partial class HtmlCharset
{
    private const int HeadBytes = 4_096;

    /// <summary>Its name; null when the page declares none.</summary>
    public static string? Find(byte[] page)
    {
        var head = Encoding.Latin1.GetString(page, 0, Math.Min(HeadBytes, page.Length));
        return Declared().Match(head) is { Success: true } found ? found.Groups[1].Value : null;
    }

    [GeneratedRegex(
        """<(?:meta\s[^>]{0,200}?charset|\?xml\s[^>]{0,100}?encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""",
        RegexOptions.IgnoreCase)]
    private static partial Regex Declared();
}
