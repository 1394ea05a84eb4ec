namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>What a PDF holds.</summary>
/// <param name="Pages">The number of its pages.</param>
/// <param name="IsXfa">Whether it is an XFA form.</param>
/// <param name="Attached">The names of the files that are attached to it.</param>
internal sealed record PdfSummary(int Pages, bool IsXfa, IReadOnlyList<string> Attached)
{
    /// <summary>Whether there is something to read beside the pages.</summary>
    public bool HasMore => IsXfa || Attached.Count > 0;
}
