using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>Tells a mail from other texts by its header.</summary>
internal static partial class MailSniffer
{
    private const int LongestHeader = 1 << 15;

    private static readonly HashSet<string> Fields = new(StringComparer.OrdinalIgnoreCase)
    {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Received",
        "Return-Path",
        "Content-Type",
        "Delivered-To",
        "Reply-To",
        "Cc",
    };

    /// <summary>True when the text begins with header fields of a mail, among them the sender or the time.</summary>
    public static bool IsMail(string text)
    {
        // An archive of mails begins each with a line of its own.
        var start = text.StartsWith("From ", StringComparison.Ordinal) ? text.IndexOf('\n', StringComparison.Ordinal) + 1 : 0;
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in text[start..Math.Min(text.Length, start + LongestHeader)].Split('\n'))
        {
            if (line.TrimEnd('\r').Length == 0)
                break;
            if (line[0] is ' ' or '\t')
                continue;
            if (Field().Match(line) is not { Success: true } field)
                return false;
            if (Fields.Contains(field.Groups[1].Value))
                known.Add(field.Groups[1].Value);
        }

        return known.Count >= 3 && (known.Contains("From") || known.Contains("Received"))
            && (known.Contains("Date") || known.Contains("Message-ID") || known.Contains("MIME-Version"));
    }

    [GeneratedRegex("^([A-Za-z][A-Za-z0-9-]*):")]
    private static partial Regex Field();
}
