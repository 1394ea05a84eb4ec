namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>A run of the tools over several pages, for whoever asks for one of them. Its owner calls it by one thread at a time.</summary>
internal sealed class PdfRun
{
    private readonly CancellationToken _stopped;
    private readonly Action _stop;
    private readonly bool[] _isAsked;
    private readonly int _from;
    private PdfPageParts?[] _parts = [];

    /// <param name="from">The first page, from 1.</param>
    /// <param name="to">The last page.</param>
    /// <param name="read">Reads them.</param>
    public PdfRun(int from, int to, Func<CancellationToken, Task<IReadOnlyList<PdfPageParts>>> read)
    {
        _from = from;
        _isAsked = new bool[to - from + 1];
        var stop = new CancellationTokenSource();
        (_stopped, _stop) = (stop.Token, stop.Cancel);
        Ended = Task.Run(async () => _parts = [.. await read(_stopped).ConfigureAwait(false)]);
    }

    /// <summary>Ends when the pages are read, or when it was stopped.</summary>
    public Task Ended { get; }

    /// <summary>How many wait for it.</summary>
    public int Waiting { get; private set; }

    /// <summary>Whether there is nothing more to be had of it.</summary>
    public bool IsDone =>
        _stopped.IsCancellationRequested || Ended.IsFaulted || (Waiting == 0 && Array.TrueForAll(_isAsked, isAsked => isAsked));

    /// <summary>Whether many of its pages were read in vain, as where another worker takes every other page.</summary>
    public bool IsWasteful
    {
        get
        {
            if (!Ended.IsCompletedSuccessfully) return false;
            // Those before the first one may have been read before this program started.
            var read = _isAsked.AsSpan(Math.Max(0, Array.IndexOf(_isAsked, true)));
            return read.Count(false) * 3 > read.Length;
        }
    }

    /// <summary>Whether pages of it have to be read one by one.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The memory of the pages that nobody has asked for, in bytes.</summary>
    public long WaitingBytes => Ended.IsCompletedSuccessfully ? _parts.Sum(parts => parts?.Bytes ?? 0) : 0;

    /// <summary>Whether a page is in it and nobody has asked for it.</summary>
    public bool Has(int page) => page >= _from && page < _from + _isAsked.Length && !_isAsked[page - _from];

    /// <summary>Begins to wait for a page.</summary>
    public void Join(int page)
    {
        _isAsked[page - _from] = true;
        Waiting++;
    }

    /// <summary>Takes a page that was waited for.</summary>
    public PdfPageParts Take(int page)
    {
        Waiting--;
        var parts = _parts[page - _from]!;
        _parts[page - _from] = null;
        HasFailed |= parts.Drawn is null;
        return parts;
    }

    /// <summary>Stops waiting; whoever does so last stops the tools.</summary>
    /// <returns>Whether the tools are stopped.</returns>
    public bool Leave()
    {
        Waiting--;
        if (Waiting > 0) return false;
        Stop();
        return true;
    }

    /// <summary>Stops the tools.</summary>
    public void Stop() => _stop();
}
