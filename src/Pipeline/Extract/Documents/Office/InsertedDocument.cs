using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;
using Qwen35Batch.Pipeline.Extract.Documents.Web;


namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>A document of another format that Word shows in the place where it was inserted.</summary>
internal static class InsertedDocument
{
    private const int MaxBytes = 16 << 20;

    /// <summary>Adds what can be read of it, and counts it else.</summary>
    public static void Add(OfficePart owner, string? relationship, DocumentText text)
    {
        var part = owner.Related(relationship);
        var content = part is null ? null : Content(part);
        if (content is not null && part!.ContentType.Contains("html", StringComparison.OrdinalIgnoreCase))
            HtmlText.Add(content, text);
        else if (content is not null && part is { ContentType: "text/plain" })
            text.Paragraph(content);
        else if (part is not null)
            text.Missed("inserted documents", Path.GetFileName(part.Name));
        else
            text.Missed("inserted documents");
    }

    // Null for what is no text in any encoding, or too long for one.
    private static string? Content(OfficePart part) =>
        part.Read(MaxBytes) is { } bytes && TextEncoding.Detect(bytes, isWhole: true) is { } encoding
            ? ControlCharacters.Remove(TextEncoding.DecodeAnyway(bytes, encoding.Encoding)).Text.ReplaceLineEndings("\n").Trim()
            : null;
}
