namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>
/// What a run of pages takes from a run of the tools that write text, which it shares with others: where a tool failed, or another stopped
/// it, the pages are read once more in small pieces.
/// </summary>
internal sealed class PdfTextShare
{
    private readonly PdfTextRun _shared;
    private readonly PdfRange _range;
    private readonly Func<PdfRange, bool, PdfTextReading> _begin;
    private readonly List<PdfTextReading> _own = [];
    private PdfTextReading _reading;
    private bool _isOwn;

    /// <param name="shared">The run of the tools.</param>
    /// <param name="range">The pages that are taken from it.</param>
    /// <param name="begin">Begins to read pages, in small pieces where it is told so.</param>
    public PdfTextShare(PdfTextRun shared, PdfRange range, Func<PdfRange, bool, PdfTextReading> begin)
    {
        (_shared, _range, _begin) = (shared, range, begin);
        (_reading, _isOwn) = shared.Read(null, (from, to) => begin(range with { From = from, To = to }, false));
        if (_isOwn) _own.Add(_reading);
    }

    /// <summary>What <c>pdfinfo -box</c> says of each page; null when it failed.</summary>
    public async Task<IReadOnlyList<string?>?> InfosAsync()
    {
        while (true)
        {
            if (await OrNullAsync(_reading.Infos).ConfigureAwait(false) is { } infos)
                return [.. infos.Skip(_range.From - _reading.From).Take(_range.Pages)];
            if (_isOwn && _reading.IsInPieces) return null;
            ReadInPieces();
        }
    }

    /// <summary>Everything; null when no tool said anything.</summary>
    public async Task<PdfTexts?> TextsAsync()
    {
        while (true)
        {
            var texts = await OrNullAsync(_reading.Texts).ConfigureAwait(false);
            if (texts is { IsWhole: true } || (_reading.IsInPieces && (_isOwn || texts is not null))) return texts;
            ReadInPieces();
        }
    }

    /// <summary>Waits for the tools that were begun here: whoever stops a run waits until they have ended.</summary>
    public async Task EndAsync()
    {
        foreach (var reading in _own) await ((Task)reading.Texts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void ReadInPieces()
    {
        (_reading, _isOwn) = _shared.Read(_reading, (from, to) => _begin(_range with { From = from, To = to }, true));
        if (_isOwn) _own.Add(_reading);
    }

    /// <summary>What another run began, unless that was stopped.</summary>
    private async Task<T?> OrNullAsync<T>(Task<T?> answer)
        where T : class
    {
        try
        {
            return await answer.WaitAsync(_range.CancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_range.CancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
