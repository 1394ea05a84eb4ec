using DocumentFormat.OpenXml.Packaging;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>A document of another format that Word shows in the place where it was inserted.</summary>
internal static class InsertedDocument
{
    /// <summary>Adds what can be read of it, and counts it else.</summary>
    public static void Add(OpenXmlPart owner, string? relationship, DocumentText text)
    {
        if (relationship is not null && owner.TryGetPartById(relationship, out var part))
            text.Missed("inserted documents", Path.GetFileName(part.Uri.OriginalString));
        else
            text.Missed("inserted documents");
    }
}
