namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>
/// A longer run of the tools that write text, which several runs of the drawing share: a page takes them less than their start. It is begun
/// by the first run that needs it, and ends with it.
/// </summary>
/// <param name="from">The first page, from 1.</param>
/// <param name="to">The last page.</param>
internal sealed class PdfTextRun(int from, int to)
{
    private readonly Lock _lock = new();
    private PdfTextReading? _reading;
    private bool _hasFailed;

    /// <summary>Whether a tool failed, or it was stopped.</summary>
    public bool HasFailed => Volatile.Read(ref _hasFailed);

    /// <summary>Whether pages are in it.</summary>
    public bool Has(int first, int last) => first >= from && last <= to;

    /// <summary>Begins it if nobody has.</summary>
    /// <param name="failed">What it came to before and was of no use; null for the first time.</param>
    /// <param name="begin">Reads the pages from one to another.</param>
    /// <returns>Its answers, and whether it was begun now.</returns>
    public (PdfTextReading Reading, bool IsNew) Read(PdfTextReading? failed, Func<int, int, PdfTextReading> begin)
    {
        lock (_lock)
        {
            if (failed is not null) Volatile.Write(ref _hasFailed, true);
            return _reading is { } begun && begun != failed ? (begun, false) : (_reading = begin(from, to), true);
        }
    }
}

/// <summary>What a run of the tools that write text comes to.</summary>
/// <param name="From">The first page, from 1.</param>
/// <param name="IsInPieces">Whether a failure of a tool costs a few pages only.</param>
/// <param name="Infos">
/// What <c>pdfinfo -box</c> says of each page, null where it says nothing of one; null when it failed. It comes first: pages are drawn
/// by it.
/// </param>
/// <param name="Texts">Everything; null when there are no <paramref name="Infos"/>.</param>
internal sealed record PdfTextReading(int From, bool IsInPieces, Task<IReadOnlyList<string?>?> Infos, Task<PdfTexts?> Texts);
