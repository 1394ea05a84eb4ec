namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>
/// What a run over several pages gave of one of them. What is null has to be asked for the page alone: only that tells which page a tool's
/// complaint is about.
/// </summary>
internal sealed record PdfPageParts
{
    /// <summary>What <c>pdfinfo -box</c> says of the page.</summary>
    public string? Info { get; init; }

    /// <summary>The page as it is drawn, a whole binary PPM.</summary>
    public DrawnPage? Drawn { get; init; }

    /// <summary>What <c>pdfimages -list</c> says of the page.</summary>
    public string? Pictures { get; init; }

    /// <summary>The text layer as <c>pdftotext -layout</c> writes it.</summary>
    public string? Text { get; init; }

    /// <summary>The page as <c>pdftotext -bbox-layout</c> writes it, UTF-8.</summary>
    public ReadOnlyMemory<byte>? Words { get; init; }

    /// <summary>The memory that it takes, in bytes.</summary>
    public long Bytes => (Drawn?.Pixmap.Length ?? 0) + (sizeof(char) * (long)(Text?.Length ?? 0)) + (Words?.Length ?? 0);
}

/// <summary>A page as it is drawn.</summary>
/// <param name="Pixmap">Binary PPM.</param>
/// <param name="Width">Pixels from left to right.</param>
/// <param name="Height">Pixels from top to bottom.</param>
/// <param name="Sha256">The hash of the whole, in hexadecimal.</param>
internal sealed record DrawnPage(ReadOnlyMemory<byte> Pixmap, int Width, int Height, string Sha256);
