namespace Qwen35Batch.Pipeline.Extract.Segments;

/// <summary>What reads the words of pictures and of pages without a text layer, so that fields have places on them.</summary>
public enum OcrEngine
{
    /// <summary>Nothing: there are no places on them.</summary>
    None,

    /// <summary>Tesseract, where it is installed.</summary>
    Tesseract,
}
