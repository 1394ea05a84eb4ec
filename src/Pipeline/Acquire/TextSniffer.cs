using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Acquire;

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
        ["#EXTM3U", "ffconcat", "[playlist]", "<MPD", "<SmoothStreamingMedia", "<smil", "<asx", "<playlist", "[Reference]", "RTSPtext", "#FFMETADATA"];

    /// <summary>The kind of text, or null when it is not text.</summary>
    public static SniffedMedia? Sniff(ReadOnlySpan<byte> head, bool isWhole, OpenedSource source)
    {
        if (TextEncoding.Detect(head, isWhole) is not { } encoding)
            return null;
        var text = TextEncoding.Decode(head, encoding).TrimStart();
        if (Refusal(text) is { } why)
            throw MediaSniffer.Unsupported(source.Name, why);
        var extension = Path.GetExtension(source.FileName);
        if (BinaryNames.Contains(extension))
            throw MediaSniffer.Unsupported(source.Name, $"is named {extension} but contains text; submit the file itself, or rename it to .txt if the text is meant");
        if (text.Length == 0 && isWhole)
            throw new MediaRejectedException(RejectionReason.Empty, $"'{source.Name}' contains nothing but white space.");
        var isMarkdown = extension.Equals(".md", StringComparison.OrdinalIgnoreCase) || extension.Equals(".markdown", StringComparison.OrdinalIgnoreCase);
        return new(MediaKind.Text, isMarkdown ? "text/markdown" : "text/plain");
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
