using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>
/// Accepts what is valid text and refuses texts that make a tool read something else: playlists, manifests, session
/// descriptions, SVG.
/// </summary>
internal static class TextSniffer
{
    private static readonly HashSet<string> BinaryNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".avif", ".heic", ".bmp",
        ".mp4", ".mov", ".m4a", ".m4v", ".mkv", ".webm", ".avi", ".m2ts", ".mpg", ".mpeg",
        ".ogg", ".oga", ".ogv", ".opus", ".flac", ".wav", ".mp3", ".aac",
        ".pdf", ".docx", ".pptx", ".xlsx", ".doc", ".ppt", ".xls", ".zip", ".gz",
    };

    private static readonly string[] Playlists =
        [
            "#EXTM3U", "ffconcat", "[playlist]", "<MPD", "<SmoothStreamingMedia", "<smil", "<asx", "<playlist", "[Reference]", "RTSPtext",
            "#FFMETADATA"
        ];

    /// <summary>The kind of text, or null when it is not text.</summary>
    public static SniffedMedia? Sniff(ReadOnlySpan<byte> head, bool isWhole, OpenedSource source)
    {
        if (TextEncoding.Detect(head, isWhole) is not { } encoding)
        {
            return LooksLikeText(head)
                ? throw MediaSniffer.Unsupported(source.Name, "is text in an encoding that is not recognised; save it as UTF-8")
                : null;
        }

        var text = TextEncoding.Decode(head, encoding.Encoding) is { Length: > 0 } strict
            ? strict
            : TextEncoding.DecodeAnyway(head, encoding.Encoding);
        if (ControlCharacters.Problem(text) is { } problem)
            return problem.Length == 0 ? null : throw MediaSniffer.Unsupported(source.Name, problem);
        text = ControlCharacters.Remove(text).Text.TrimStart();
        if (Refusal(text) is { } why)
            throw MediaSniffer.Unsupported(source.Name, why);
        var extension = Path.GetExtension(source.FileName);
        if (BinaryNames.Contains(extension))
        {
            throw MediaSniffer.Unsupported(
                source.Name, $"is named {extension} but contains text; submit the file itself, or rename it to .txt if the text is meant");
        }

        if (text.Length == 0 && isWhole)
            throw new MediaRejectedException(RejectionReason.Empty, $"'{source.Name}' contains nothing but white space.");
        return FlatDocument(text) is { } flat ? new(MediaKind.Office, flat) : new(MediaKind.Text, MediaType(text, extension));
    }

    // An OpenDocument that is one XML file says its media type on its first element.
    private static string? FlatDocument(string text)
    {
        const string name = "office:mimetype=\"";
        if (RootElement(text) != "document" || text.IndexOf(name, StringComparison.Ordinal) is not (>= 0 and var at)) return null;
        var type = text.AsSpan(at + name.Length);
        foreach (var known in new[] { DocumentFormats.OpenText, DocumentFormats.OpenSheets, DocumentFormats.OpenSlides })
            if (type.StartsWith(known, StringComparison.Ordinal)) return known;
        return null;
    }

    private static string MediaType(string text, string extension)
    {
        if (MailSniffer.IsMail(text))
            return DocumentFormats.Mail;
        if (RootElement(text) is { } root && root.Equals("html", StringComparison.OrdinalIgnoreCase))
            return DocumentFormats.Html;
        return extension.ToLowerInvariant() switch
        {
            ".md" or ".markdown" => DocumentFormats.Markdown,
            ".html" or ".htm" or ".xhtml" when text.StartsWith('<') => DocumentFormats.Html,
            ".csv" => DocumentFormats.CommaSeparated,
            ".tsv" or ".tab" => DocumentFormats.TabSeparated,
            _ => DocumentFormats.PlainText,
        };
    }

    // Printable characters of ASCII but for a few bytes: of these, the encoding is in question and not the kind.
    private static bool LooksLikeText(ReadOnlySpan<byte> head)
    {
        var (printable, controls) = (0, 0);
        foreach (var value in head)
        {
            printable += value is (>= 0x20 and < 0x7F) or 0x09 or 0x0A or 0x0D ? 1 : 0;
            controls += value is < 0x20 and not (0x09 or 0x0A or 0x0D) ? 1 : 0;
        }

        return controls == 0 && printable * 10 >= head.Length * 4;
    }

    private static string? Refusal(string text)
    {
        foreach (var opening in Playlists)
        {
            if (text.StartsWith(opening, StringComparison.OrdinalIgnoreCase))
                return "is a playlist or manifest that points at other media; submit those media themselves";
        }

        if (text.StartsWith("v=0\n", StringComparison.Ordinal) || text.StartsWith("v=0\r\n", StringComparison.Ordinal))
            return "is a session description (SDP) that points at other media; submit those media themselves";
        return RootElement(text) switch
        {
            "svg" => "is an SVG drawing, which is not read; save it as PNG or PDF",
            "MPD" or "SmoothStreamingMedia" or "playlist" or "smil" or "asx" =>
                "is a playlist or manifest that points at other media; submit those media themselves",
            _ => null,
        };
    }

    // The first element after the declaration, the comments and the document type; not a parser, so nothing can be expanded.
    private static string? RootElement(string text)
    {
        var at = 0;
        while (at < text.Length)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            if (at + 1 >= text.Length || text[at] != '<')
                return null;
            if (text[at + 1] is not ('?' or '!'))
                break;
            var close = text.AsSpan(at).StartsWith("<!--") ? "-->" : ">";
            var end = text.IndexOf(close, at, StringComparison.Ordinal);
            if (end < 0)
                return null;
            at = end + close.Length;
            // An internal subset ends in "]>": the declarations in it end in ">" too, and are passed over one by one.
            while (at < text.Length && (char.IsWhiteSpace(text[at]) || text[at] is ']' or '>'))
                at++;
        }

        var name = at + 1;
        var last = name;
        while (last < text.Length && (char.IsLetterOrDigit(text[last]) || text[last] is ':' or '-' or '_' or '.'))
            last++;
        return name < last ? text[name..last].Split(':')[^1] : null;
    }
}
