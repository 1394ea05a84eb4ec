namespace Qwen35Batch.Contracts;

/// <summary>What a source turned out to be, by its content and not by its name.</summary>
public enum MediaKind
{
    /// <summary>A still picture (JPEG, PNG, WebP, the first frame of a GIF, TIFF, AVIF).</summary>
    Image,

    /// <summary>A video, with or without sound.</summary>
    Video,

    /// <summary>Sound without pictures.</summary>
    Audio,

    /// <summary>A document with pages: PDF.</summary>
    Pdf,

    /// <summary>An Office Open XML document: DOCX, PPTX or XLSX.</summary>
    Office,

    /// <summary>Plain text or Markdown.</summary>
    Text,
}
